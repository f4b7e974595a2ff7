"""A line for each process: name, id, state, where it listens, and what it says of itself."""

from tools.cluster import database, haproxy, node, redis
from tools.cluster.failed import Failed
from tools.cluster.layout import DATABASES


def lines(layout):
    view = _or(lambda: database.newest_view(layout), (0, set()))
    yield f"{'name':8} {'pid':>8} {'state':8} {'port':>6}  about"
    for name in layout.names:
        each = layout.process(name)
        state = each.state()
        about = _or(lambda name=name: _about(layout, name, view), "does not answer") if state == "running" else ""
        yield f"{name:8} {each.pid() or '-':>8} {state:8} {_port(layout, name):>6}  {about}".rstrip()


def _port(layout, name):
    if name in layout.proxy_names:
        return layout.port
    return layout.port_of(name) if name in layout.node_names else "socket"


def _about(layout, name, view):
    if name in DATABASES:
        return f"{database.about(layout, name)}; {layout.of(name)}"
    if name in layout.proxy_names:
        return f"sends clients to {', '.join(haproxy.nodes_up(layout, name)) or 'nobody'}"
    if name in layout.redis_names:
        return redis.about(layout, name)
    number, members = view
    count = node.sessions(layout, name)
    return f"{'in' if name in members else 'not in'} view {number}, {'?' if count is None else count} sessions"


def _or(ask, otherwise):
    try:
        return ask()
    except (Failed, OSError):
        return otherwise
