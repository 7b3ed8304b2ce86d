"""The docs as pages (``make docs``): the same files that people read in the repository, nothing fetched and no script
of others, so that the site works from a disk and behind any proxy."""

project = "sftrm-quality"
html_title = project

# Links between files of the repository are links between pages, so its root is the source; these files are the pages.
include_patterns = [
    *("docs/*.md", "docs/reference/*.md", "expectations/README.md", "data/README.md"),
    *("README.md", "README.ko.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
]
# Folders of which nothing is a page are not looked through: environments and output folders have many thousand files.
exclude_patterns = [
    ".*",
    "*.egg-info",
    "build",
    "data/out",
    "data/raw",
    "sftrm_quality",
    "flows",
    "tests",
    "benchmarks",
]
root_doc = "docs/index"
# The start page where people look for it.
html_extra_path = ["index.html"]

extensions = ["myst_parser"]
# As GitHub makes them, so that a link to a heading is the same in both.
myst_heading_anchors = 4
# Texts are shown as they are: two hyphens are an option of a command, and a name that ends in .md is no address.
smartquotes = False
myst_linkify_fuzzy_links = False
nitpicky = True

html_theme = "furo"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_theme_options = {"top_of_page_buttons": []}
html_copy_source = False
html_use_index = False
# Excerpts of what is found would be asked for page by page, which no browser allows from a disk.
html_show_search_summary = False
html_show_copyright = False
