"""The playground's page in a real browser, on a stack that is really deployed.

One stack and one browser serve all of it: each test takes tickets and issues that no other does.
"""
