"""What is written, and how: generated pages only where they change, the site as a whole or not at all.

A build holds the lock of the project's state folder (`hold_lock`), brings the pages in line (`sync_pages`),
lets the renderer build into a private folder, and publishes that (`publish_site`).
"""
