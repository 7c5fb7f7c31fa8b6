"""A plan as files: the forms, and what is the same for all of them.

Every file is read back before it is given away, and must be the same plan: what is simulated is
what is shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tuner.deployment.beanstalk import (
    CONFIG_FILE,
    write_beanstalk,
    write_beanstalk_json,
    write_beanstalk_resources,
)
from tuner.deployment.beanstalk import JSON_FILE as OPTIONS_FILE
from tuner.deployment.beanstalk_read import read_beanstalk, read_beanstalk_json
from tuner.deployment.cli_json import read_cli_json, write_cli_json
from tuner.deployment.cloudformation import (
    JSON_FILE,
    YAML_FILE,
    write_cloudformation,
    write_cloudformation_json,
)
from tuner.deployment.cloudformation_read import read_cloudformation
from tuner.deployment.terraform import MAIN_FILE, VALUES_FILE, write_terraform
from tuner.deployment.terraform_read import read_terraform
from tuner.errors import ConfigurationError, Problem, UnsupportedPlanError
from tuner.resources import GroupResources, plan_of

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of file.

    Parameters
    ----------
    files : tuple of str
        Names of its files; empty: as many as there are resources.
    write : callable
        Writes resources as texts by file name; told whether monitoring is ``basic`` or
        ``detailed``, where that is known.
    read : callable
        Reads the texts back; told the name of the group, which not every form holds.
    """

    files: tuple[str, ...]
    write: Callable[[GroupResources, str | None], dict[str, str]]
    read: Callable[[Files, str], GroupResources]


FORMS: Mapping[str, Form] = {
    "cloudformation": Form(
        (YAML_FILE,),
        lambda resources, _: write_cloudformation(resources),
        lambda files, _: read_cloudformation(files[YAML_FILE]),
    ),
    "cloudformation-json": Form(
        (JSON_FILE,),
        lambda resources, _: write_cloudformation_json(resources),
        lambda files, _: read_cloudformation(files[JSON_FILE], where=JSON_FILE),
    ),
    "terraform": Form(
        (MAIN_FILE, VALUES_FILE),
        lambda resources, _: write_terraform(resources),
        lambda files, _: read_terraform(files[MAIN_FILE], files[VALUES_FILE]),
    ),
    "beanstalk": Form(
        (CONFIG_FILE,),
        lambda resources, monitoring: write_beanstalk(resources, monitoring=monitoring),
        lambda files, group: read_beanstalk(files[CONFIG_FILE], group=group),
    ),
    "beanstalk-json": Form(
        (OPTIONS_FILE,),
        lambda resources, monitoring: write_beanstalk_json(resources, monitoring=monitoring),
        lambda files, group: read_beanstalk_json(files[OPTIONS_FILE], group=group),
    ),
    "beanstalk-resources": Form(
        (CONFIG_FILE,),
        lambda resources, monitoring: write_beanstalk_resources(resources, monitoring=monitoring),
        lambda files, group: read_beanstalk(files[CONFIG_FILE], group=group),
    ),
    "aws-cli": Form(
        (),
        lambda resources, _: write_cli_json(resources),
        lambda files, _: read_cli_json(files),
    ),
}
"""Forms by the names that ``--to`` takes."""

LIMITLESS = ("cloudformation", "cloudformation-json", "terraform")
"""Forms that cannot set limits of a group, since they do not own it."""


def write_form(
    resources: GroupResources, form: str, *, monitoring: str | None = None
) -> dict[str, str]:
    """Write resources in a form, and make sure that they read back as the same plan.

    Parameters
    ----------
    resources : GroupResources
        What is to be deployed.
    form : str
        One of `FORMS`.
    monitoring : str or None
        ``basic`` or ``detailed``, where it is known; only Elastic Beanstalk is told.

    Returns
    -------
    dict of str to str
        Texts by file name.

    Raises
    ------
    UnsupportedPlanError
        Naming all that the form cannot express.
    """
    files = FORMS[form].write(resources, monitoring)
    expected, got = plan_of(resources), plan_of(read_form(files, form, group=resources.group))
    if replace(expected, schedule_start=None) != replace(got, schedule_start=None):
        raise UnsupportedPlanError(
            Problem(
                "files that read back as the same plan",
                f"another: {got.plan.describe()}",
                form,
                "Take another form; this should not happen: please report it.",
            )
        )
    return files


def read_form(files: Files, form: str, *, group: str) -> GroupResources:
    """Read resources from the texts of a form.

    Parameters
    ----------
    files : mapping of str to str
        Texts by the names that `write_form` gives.
    form : str
        One of `FORMS`.
    group : str
        Name of the group, where the form does not hold it.

    Raises
    ------
    ConfigurationError
        Where a file is missing or is not of the form.
    """
    missing = [name for name in FORMS[form].files if name not in files]
    if missing:
        raise ConfigurationError(
            Problem(
                f"the files of the form {form}", f"none named {missing[0]}", form, "Give them all."
            )
        )
    return FORMS[form].read(files, group)
