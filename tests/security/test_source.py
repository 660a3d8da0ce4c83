"""The code read from its syntax: nothing unpickles, evaluates or runs what is not its own."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    [
        ROOT / "app.py",
        *(
            file
            for folder in ("delift_core", "pages", "benchmarks")
            for file in (ROOT / folder).rglob("*.py")
        ),
    ]
)
PICKLES = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "shelve",
    "marshal",
    "jsonpickle",
    "pickletools",
}
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "breakpoint"}
UNPICKLES = {
    "read_pickle",
    "to_pickle",
    "load_pickle",
    "torch.load",
    "torch.save",
    "yaml.load",
    "yaml.unsafe_load",
    "yaml.full_load",
    "joblib.load",
    "numpy.fromregex",
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "tempfile.mktemp",
    "runpy.run_path",
    "jinja2.Template",
}
LOADERS = {"from_pretrained", "from_config"}
LOOSE_KEYWORDS = {
    "allow_pickle": True,
    "shell": True,
    "unsafe_allow_html": True,
    "weights_only": False,
    "verify": False,
    "unsafe_allow_javascript": True,
}


def trees():
    for file in SOURCES:
        yield file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))


def calls(tree):
    """(name as written, call) of every call; `np` and `pd` by their libraries' names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield name.replace("np.", "numpy.").replace("pd.", "pandas."), node


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_nothing_imports_a_pickle(tried):
    assert not [
        (str(file), name) for file, tree in trees() for name in imported(tree) if name in PICKLES
    ]
    tried("a pickle in the code", "not there", f"{len(SOURCES)} files read")


def test_nothing_evaluates_text_and_nothing_opens_a_pickle(tried):
    dangerous = [
        (str(file), name)
        for file, tree in trees()
        for name, _ in calls(tree)
        if name in RUNS_TEXT or any(name == bad or name.endswith(f".{bad}") for bad in UNPICKLES)
    ]
    assert not dangerous
    tried(
        "eval, exec, torch.load and their like",
        "not there",
        f"{len(RUNS_TEXT) + len(UNPICKLES)} names looked for",
    )


def test_no_call_loosens_a_guard_by_a_word(tried):
    dangerous = [
        (str(file), name, keyword.arg)
        for file, tree in trees()
        for name, call in calls(tree)
        for keyword in call.keywords
        if keyword.arg in LOOSE_KEYWORDS
        and not (
            isinstance(keyword.value, ast.Constant)
            and keyword.value.value is not LOOSE_KEYWORDS[keyword.arg]
        )
    ]
    assert not dangerous
    tried("shell=True, allow_pickle=True and their like", "not there", ", ".join(LOOSE_KEYWORDS))


def test_every_model_is_read_with_remote_code_off_and_in_safetensors(tried):
    """trust_remote_code=False stands in the call, or in the one dictionary that it is given."""
    seen = 0
    for file, tree in trees():
        off = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and is_off(node.value)
        }
        for name, call in calls(tree):
            if name.rsplit(".", 1)[-1] in LOADERS:
                seen += 1
                keywords = {keyword.arg: keyword.value for keyword in call.keywords}
                assert (
                    is_false(keywords.get("trust_remote_code"))
                    or getattr(keywords.get(None), "id", None) in off
                ), f"{file}: {ast.unparse(call)}"
    assert seen >= 7
    text = (ROOT / "delift_core" / "scoring" / "model_files.py").read_text(encoding="utf-8")
    assert (
        '"trust_remote_code": False' in inspect.getsource(options_of_reading())
        and "use_safetensors=True" in text
    )
    tried(
        "a model read with remote code on",
        "not there",
        f"{seen} calls of from_pretrained and from_config",
    )


def is_false(value):
    return isinstance(value, ast.Constant) and value.value is False


def is_off(value):
    """A dictionary with the word in it, or the function that makes one."""
    if isinstance(value, ast.Dict):
        return any(
            isinstance(key, ast.Constant) and key.value == "trust_remote_code" and is_false(own)
            for key, own in zip(value.keys, value.values)
        )
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "reading_options"


def options_of_reading():
    from delift_core.scoring.model_files import reading_options

    return reading_options


def test_data_sets_cannot_bring_code_at_all(tried):
    """The library has no such word any more; were it to come back, this fails."""
    import datasets

    for loader in (datasets.load_dataset, datasets.load_dataset_builder, datasets.load_from_disk):
        assert "trust_remote_code" not in inspect.signature(loader).parameters
    tried(
        "a data set read with remote code on",
        "not possible",
        f"datasets {datasets.__version__} has no such word",
    )


def test_the_security_rules_of_the_linter_hold():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    settings = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--show-settings", "app.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "(S602)" in settings.stdout and "(S301)" in settings.stdout
