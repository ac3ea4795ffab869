"""What carries a flow's requests: one ``send`` over libcurl, or over any ``httpx.AsyncBaseTransport``.

``sender`` is the door; ``curl`` (with ``transfer``, ``multi`` and ``network``) is the default transport; ``adapter``
and ``inprocess`` speak to other transports; ``failure`` names what went wrong; ``content`` undoes content codings.
"""
