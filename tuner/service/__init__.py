"""The HTTP service: jobs as child processes of the command line, their results, a small page.

Floor 8. Nothing here knows how a job is computed; a job is the command that cron would run.
"""
