"""Every folder is a package that says what it is; who may import whom is checked by lint-imports itself."""

from tests.house.places import PACKAGE


def test_every_folder_with_code_is_a_package_that_says_what_it_is() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    silent = [folder for folder in folders if not (folder / "__init__.py").exists()]
    assert silent == []
