"""The private folder: the renderer is started for what changed, for what shows all pages, or not at all."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from florilegium.publish import staging
from florilegium.publish.built_pages import built_path
from florilegium.publish.renderers import Job, Renderer, RenderFailed
from florilegium.publish.staging import Rendering, Staging, build_in
from florilegium.site.finished_pages import SiteSettings
from florilegium.site.page_frames import Blank, Frame, Frames, Question, save_frames
from florilegium.site.pages.page_files import GeneratedPage

SETTINGS = "site_name: x\nplugins: []\nhooks: [scripts/mkdocs_hook.py]\n"


class Workshop:
    """A project whose renderer only says what it is asked for, and writes the names of pages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.jobs: list[Job] = []
        self.frames: Frames | None = None
        self.fails = False
        (root / "docs").mkdir(parents=True)
        (root / "mkdocs.yml").write_text(SETTINGS)
        for path in ("index.md", "notes/a.md", "notes/b.md", "themes/c/page/2.md"):
            self.write(path, path)

    def write(self, path: str, title: str) -> None:
        place = self.root / "docs" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(GeneratedPage(title=title, description="", kind="note", parts=("<p>x</p>",)).render("../"))

    def render(self, _renderer: Renderer, job: Job) -> None:
        self.jobs.append(job)
        if self.fails:
            raise RenderFailed("no", "")
        assert job.wanted
        for path in job.wanted.rendered:
            place = job.built / built_path(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("by the renderer")
        save_frames(Path(job.wanted.state), job.wanted.frames, self.frames)

    def build(self, epoch: int = 0, renderer: Renderer = Renderer.MKDOCS) -> Rendering:
        self.jobs.clear()
        state = self.root / "state"
        state.mkdir(exist_ok=True)
        return build_in(Staging(built=state / "built", root=self.root, renderer=renderer, epoch=epoch))

    def asked(self) -> list[tuple[Sequence[str], Sequence[str] | None]]:
        """What the renderer was asked for: generated pages, and those written by hand; None for all of these."""
        return [(sorted(job.wanted.rendered), job.wanted.written) for job in self.jobs if job.wanted]

    def built(self) -> list[str]:
        built = self.root / "state" / "built"
        return sorted(path.relative_to(built).as_posix() for path in built.rglob("*"))


ALL = ["index.md", "notes/a.md", "notes/b.md", "themes/c/page/2.md"]


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    workshop = Workshop(tmp_path / "project")
    monkeypatch.setattr(staging, "render_site", workshop.render)
    assert workshop.build() == Rendering(4, 0)
    assert workshop.asked() == [(ALL, None)]
    return workshop


def test_nothing_changed_needs_no_renderer(workshop: Workshop) -> None:
    assert workshop.build()[:2] == (0, 4)
    assert workshop.jobs == []
    assert workshop.build(renderer=Renderer.ZENSICAL)[:2] == (0, 4)


def test_a_page_that_changed_is_rendered_alone(workshop: Workshop) -> None:
    workshop.write("notes/a.md", "new")
    assert workshop.build() == Rendering(1, 3)
    assert workshop.asked() == [(["notes/a.md"], [])]


def test_a_page_more_or_less_concerns_the_map_and_links_in_pages_written_by_hand(workshop: Workshop) -> None:
    for name, text in (("about.md", "[d](notes/d.md)"), ("deep/more.md", "[c](../themes/c/page/2.md)"), ("x.md", "")):
        (workshop.root / "docs" / name).parent.mkdir(exist_ok=True)
        (workshop.root / "docs" / name).write_text(text)
    workshop.build()
    workshop.write("notes/d.md", "new")
    workshop.build()
    assert workshop.asked() == [(["notes/d.md"], ["about.md"])]
    shutil.rmtree(workshop.root / "docs/themes")
    workshop.build()
    assert workshop.asked() == [([], ["deep/more.md"])]
    assert not [path for path in workshop.built() if path.startswith("themes")]


def test_a_page_that_lacks_in_the_folder_is_rendered_again(workshop: Workshop) -> None:
    (workshop.root / "state/built/notes/b/index.html").unlink()
    workshop.build()
    assert workshop.asked() == [(["notes/b.md"], [])]


@pytest.mark.parametrize("more", ["plugins: [search]\n", "plugins: []\nINHERIT: x.yml\n", "plugins: []\nx: !ENV X\n"])
def test_whatever_may_depend_on_all_pages_gets_all(workshop: Workshop, more: str) -> None:
    (workshop.root / "mkdocs.yml").write_text(f"site_name: x\n{more}")
    for title in ("first", "second"):
        workshop.write("notes/a.md", title)
        workshop.build()
        assert workshop.asked() == [(ALL, None)]
        assert not workshop.jobs[0].only_changed
    workshop.build()
    assert workshop.jobs == []


@pytest.mark.parametrize("name", ["mkdocs.yml", "docs/about.md", "scripts/mkdocs_hook.py"])
def test_what_every_page_depends_on_renders_every_page(workshop: Workshop, name: str) -> None:
    place = workshop.root / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"{SETTINGS}# new\n")
    workshop.build()
    assert workshop.asked() == [(ALL, None)]


def test_a_renderer_that_did_not_finish_is_not_trusted(workshop: Workshop) -> None:
    workshop.write("notes/a.md", "new")
    workshop.fails = True
    with pytest.raises(RenderFailed):
        workshop.build()
    workshop.fails = False
    workshop.build()
    assert workshop.asked() == [(ALL, None)]


def _frame(folder: int, *questions: tuple[Question, bool]) -> Frame:
    return Frame(("", folder), questions, ("filled: ", Blank(("title",))))


def _frames(*frames: Frame) -> Frames:
    found = Frames(SiteSettings("", "", "", ""), {"index.md": {}})
    assert all(found.add(frame) for frame in frames)
    return found


def test_a_page_that_fits_a_frame_needs_no_renderer(workshop: Workshop) -> None:
    short = Question("equal", Blank(("title",)), "like")
    workshop.frames = _frames(_frame(2, (short, True)))
    workshop.write("notes/a.md", "new")
    workshop.build()
    workshop.write("notes/a.md", "like")
    assert workshop.build() == Rendering(1, 3, ["notes/a/index.html"])
    assert workshop.jobs == []
    assert (workshop.root / "state/built/notes/a/index.html").read_text() == "filled: like"
    workshop.write("notes/a.md", "like")
    workshop.write("notes/b.md", "unlike")
    workshop.build()
    assert workshop.asked() == [(["notes/b.md"], [])]


def test_a_new_day_concerns_no_generated_page_where_there_are_frames(workshop: Workshop) -> None:
    assert workshop.build(epoch=1) == Rendering(4, 0)
    workshop.frames = _frames(_frame(2))
    workshop.build(epoch=2)
    assert workshop.build(epoch=3)[:2] == (0, 4)
    assert workshop.asked() == [([], None)]


def test_a_page_that_names_itself_in_the_navigation_is_named_on_every_page(workshop: Workshop) -> None:
    workshop.frames = _frames(_frame(2))
    workshop.frames.named = {"notes/b.md": "notes/b.md"}
    workshop.write("notes/a.md", "new")
    workshop.build()
    workshop.write("notes/b.md", "notes/b.md")
    assert workshop.build() == Rendering(1, 3, ["notes/b/index.html"])
    workshop.write("notes/b.md", "Another name")
    assert workshop.build() == Rendering(4, 0)


def test_a_page_that_the_configuration_leaves_out_is_missed(workshop: Workshop) -> None:
    workshop.frames = _frames(_frame(2))
    workshop.frames.left_out = ["notes/d.md"]
    workshop.write("notes/d.md", "new")
    with pytest.raises(RenderFailed, match=r"notes/d/index\.html"):
        workshop.build()
