"""What players of scenarios share: `python play_ENGINE.py SCENARIOS OUTCOMES NAME` reads and writes JSON files.

A player turns the decisions of a scenario into the most ordinary calls of its engine and returns fills as
(bar, asset, signed units, price, commission), and cash and equity at the end of each bar, [] where the engine does not
say them by bar.
"""
import json
import sys
import warnings
from collections import defaultdict
from datetime import datetime, timezone
from importlib.metadata import version

COLUMNS = ('open', 'high', 'low', 'close', 'volume')


def by_bar(scenario):
    """Decisions by their bar."""
    found = defaultdict(list)
    for decision in scenario['decisions']:
        found[decision['bar']].append(decision)
    return found


def days(scenario):
    """Midnights of the sessions, without a zone."""
    return [datetime.fromtimestamp(t / 1000, timezone.utc).replace(tzinfo=None) for t in scenario['time']]


def money(scenario, fills):
    """Cash and equity at the end of each bar, out of the fills: where an engine reports them before the fills of a bar."""
    bars = len(scenario['time'])
    due = defaultdict(list)
    for fill in fills:
        due[fill[0]].append(fill)
    cash, held, cashes, equities = scenario['cash'], [0.0] * len(scenario['assets']), [], []
    for bar in range(bars):
        for _, asset, units, price, commission in due[bar]:
            cash -= units * price + commission
            held[asset] += units
        cashes.append(cash)
        equities.append(cash + sum(q * a['close'][bar] for q, a in zip(held, scenario['assets'])))
    return cashes, equities


def check_money(name, found, told):
    """Ends the program where fills do not add up to what the engine says: then the player is wrong."""
    if abs(found - told) > 1e-7 * max(abs(found), abs(told), 1.0):
        raise RuntimeError(f'the player is wrong: {name} {found} from the fills, {told} in the engine')


def main(play, package):
    """Plays every scenario of a file. What the engine does not play to its end is said, not hidden."""
    warnings.filterwarnings('ignore')
    source, out, name = sys.argv[1:4]
    with open(source, encoding='utf8') as file:
        scenarios = json.load(file)
    outcomes = []
    for scenario in scenarios:
        try:
            fills, cash, equity = play(scenario, name)
            outcomes.append({'id': scenario['id'], 'fills': fills, 'cash': cash, 'equity': equity})
        except Exception as error:  # of the engine: the scenario counts as different, with this reason
            outcomes.append({'id': scenario['id'], 'fills': [], 'cash': [], 'equity': [],
                             'failed': f'{type(error).__name__}: {error}'})
    with open(out, 'w', encoding='utf8') as file:
        json.dump({'version': version(package), 'python': '.'.join(map(str, sys.version_info[:3])),
                   'outcomes': outcomes}, file)
