"""C1 to C15: what befalls the cluster while people talk. Times count from when everybody is there."""

from typing import NamedTuple


class Scenario(NamedTuple):
    about: str
    load_s: int
    faults: str


SCENARIOS = {
    "C1": Scenario("nothing happens, and all of it holds here too", 10, ""),
    "C2": Scenario("a node is killed under load, and started again", 20, "@5s kill n1 ; @9s restart n1"),
    "C3": Scenario("a node stands still for 12 s, and goes on with what it knew", 25, "@5s pause n1 12s"),
    "C4": Scenario("one hears another no more; then it is alone, with the database", 40,
                   "@5s bus.cut n1>n2 6s ; @14s bus.cut n1>n2 6s ; bus.cut n2>n1 6s ; bus.cut n1>n3 6s ; bus.cut n3>n1 6s"),
    "C5": Scenario("the primary is killed, a synchronous standby takes over, the old one comes back behind it", 25, "@5s pg.failover sync"),
    "C6": Scenario("no standby gets anything, waits for one are cancelled, and then a standby takes over", 25,
                   "@5s pg.cancel_syncwait 50% 6s ; @9s pg.failover sync"),
    "C7": Scenario("PostgreSQL crashes, finds no space, and loses its answers", 45, "@5s pg.restart ; @14s store.full 6s ; @28s store.lost_reply 50% 4s"),
    "C8": Scenario("Redis forgets everything, fails over, dies, and comes back", 40, "@5s redis.flush ; @8s redis.failover ; @24s redis.down 4s"),
    "C9": Scenario("a third of all sessions break at once while Redis is empty", 20, "@5s redis.flush ; @5s cut 34% 0s"),
    "C10": Scenario("the bus loses packets, then everything for a second", 25, "@5s bus.drop 20% 4s ; @12s bus.drop 100% 1s"),
    "C11": Scenario("one reader in twenty takes 2 KB/s, and some take nothing", 30, "@5s client.slow 5% 2KB/s 15s ; @5s client.slow 1% 0B/s 15s"),
    "C12": Scenario("one node's clock is an hour ahead and then an hour behind, another's runs fast, and devices die", 45,
                    "@5s clock.step n2 +1h ; @20s clock.step n2 -1h ; @5s clock.drift n3 100000ppm ; @30s client.crash 50%"),
    "C13": Scenario("devices die with unsent messages while a node is gone", 25, "@5s kill n2 ; @6s client.crash 50% ; @9s restart n2"),
    "C14": Scenario("every node is drained and started again, one after the other", 75, "@5s drain n1 ; @27s drain n2 ; @49s drain n3"),
    "C15": Scenario("the primary and the standby that it waited for are lost, and one that lacks the last seconds takes over", 30, "@5s pg.failover async"),
}  # fmt: skip
