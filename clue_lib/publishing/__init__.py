"""A finished run in the forms of other programs: model cards, Hugging Face's results, GitLab's reports, run logs.

Every form is text made of the run's document, figures and digests alone; no module here reads an example.
"""
