"""The panel's own files, served from a closed list."""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from aiohttp import ETag, hdrs, web

STATIC = Path(__file__).parent / "static"
INDEX = "index.html"

_LANGUAGES = b'data-languages="en"'
"""What the page says of its languages until the files that are there are named in its place."""
_SPARED = re.compile(rb"^ *(/\*\*.*?\*/|//[^\n]*)\n|^ +|^\n", re.DOTALL | re.MULTILINE)
"""Own lines of comments, indents and empty lines: a phone is spared them, as ingress undoes compression."""

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css",
        ".html": "text/html",
        ".js": "text/javascript",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain",
        ".woff2": "font/woff2",
    }
)


class Files:
    """The files below one folder, listed once; a path that is not in the list does not exist.

    Contents are read at each request, so an edited file shows at the next reload.
    """

    def __init__(self, names: Mapping[str, Path]) -> None:
        self._names = names
        languages = sorted({name.split("/")[1] for name in names if name.startswith("i18n/")})
        self._languages = b'data-languages="%s"' % " ".join(languages).encode()

    @classmethod
    async def below(cls, folder: Path = STATIC) -> "Files":
        """Return the list of the files below `folder`."""
        return cls(await asyncio.to_thread(_scan, folder))

    def routes(self) -> list[web.RouteDef]:
        """Return the page itself and everything that it loads."""
        return [web.get("/", self.index), web.get("/static/{name:.+}", self.file)]

    async def index(self, request: web.Request) -> web.Response:
        """Answer with the page."""
        return await self._respond(request, INDEX)

    async def file(self, request: web.Request) -> web.Response:
        """Answer with one file."""
        return await self._respond(request, request.match_info["name"])

    async def _respond(self, request: web.Request, name: str) -> web.Response:
        path = self._names.get(name) or self._names.get(_english(name))
        if path is None:
            raise web.HTTPNotFound
        try:
            content = await asyncio.to_thread(self._content, name, path)
        except OSError:
            raise web.HTTPNotFound from None
        tag = hashlib.sha256(content).hexdigest()[:16]
        headers = {hdrs.CACHE_CONTROL: "no-cache"}
        if ETag(tag) in (request.if_none_match or ()):
            response = web.Response(status=304, headers=headers)
        else:
            response = web.Response(
                body=content, content_type=_TYPES[path.suffix], charset=_charset(path.suffix), headers=headers
            )
        response.etag = tag
        return response

    def _content(self, name: str, path: Path) -> bytes:
        """Return what a file is served as."""
        content = path.read_bytes()
        if name == INDEX:
            return content.replace(_LANGUAGES, self._languages, 1)
        if path.suffix in {".js", ".css"}:
            return _SPARED.sub(b"", content)
        if (english := self._names.get(_english(name))) is not None:
            words = {**json.loads(english.read_bytes()), **json.loads(content)}
            return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
        return content


def _english(name: str) -> str:
    """Return the English file behind a file of words: what a language lacks is told in English."""
    return re.sub(r"^i18n/[a-z]+/", "i18n/en/", name) if name.startswith("i18n/") else ""


def _scan(folder: Path) -> Mapping[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix in _TYPES and path.is_file() and not path.is_symlink()
    }


def _charset(suffix: str) -> str | None:
    return None if suffix in {".png", ".woff2"} else "utf-8"
