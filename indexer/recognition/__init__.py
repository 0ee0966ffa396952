"""Text in pictures: scanned pages, photos, screenshots (`pip install '.[ocr]'` in the checkout).

A page at a time, after everything else, in a process of its own. What was recognised is kept by the content
of its file, so that it is done once whatever the file is called and however often the index is built.
"""
