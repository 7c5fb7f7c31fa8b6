"""The promises of the product, each tested by an attempt to break it."""
