"""Why a command ends with an error: every such text of the commands, each one line for the user.

What is wrong, with what, and what to do. A text ends with a full stop, or with a command to run. What is
passed in may come from users: `tools.errors.command` prints it inert.

arguments.py   values on the command line
files.py       files and folders that are read or written
documents.py   GetPersonTracking documents
videos.py      videos and their keys
scenes.py      scenes, and questions to the table
stacks.py      the stack, in AWS or embedded; deploying it
aws.py         credentials, region, and what AWS refused
setup.py       what is installed and downloaded
endpoint.py    answers of the Rekognition endpoint

The page's own texts are in `tools.page.messages`. Standard library only: `tools.install` runs before anything
is installed.
"""
