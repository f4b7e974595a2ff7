"""The highest rate at which something is still good."""


def highest(good, start, grow=1.25, close=1.06, most=1e9):
    """Goes up or down from `start` in steps of `grow`, then halves the interval until its ends are within `close`.
    `good(rate)` measures. Returns the highest rate that was good, or None when there is none above a tenth of `start`."""
    low, high = None, None
    rate = start
    while high is None or low is None:
        if good(rate):
            low = rate
            if low >= most:
                return low
            rate = low * grow
        else:
            high = rate
            rate = high / grow
            if rate < start / 10:
                return None
        if low is not None and high is not None:
            break
    while high / low > close:
        middle = (low * high) ** 0.5
        if good(middle):
            low = middle
        else:
            high = middle
    return low
