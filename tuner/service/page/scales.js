// Straight scales between data and pixels, and round ticks on them.

/** Makes a scale from [low, high] to [from, to], and back. */
export function scale(low, high, from, to) {
  const slope = (to - from) / (high - low || 1);
  return {
    low, high, from, to,
    place: (value) => from + (value - low) * slope,
    value: (place) => low + (place - from) / slope,
  };
}

/** Gives round values between two ends, at most `most` of them. */
export function ticks(low, high, most) {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => each >= raw);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}

export const commas = (value) => value.toLocaleString("en-GB");
