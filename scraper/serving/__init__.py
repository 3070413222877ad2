"""A page in a browser, on this computer alone, for pages to be seen and steered (extra ``serve``).

::

    browser ──gate──▶ app ──desk──▶ fetcher, parser processes, seeds/
                       └──views──▶ HTML

The gate lets in who knows the secret in the address, by an address of this computer. The app knows
HTTP, the desk what is done, the views how it looks. Pages are read by other processes (``study``).
"""
