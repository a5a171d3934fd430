"""What hmmlearn makes of 20 series, for test/stats/hmm.test.ts.

    python3 -m venv venv && venv/bin/pip install hmmlearn==0.3.3
    venv/bin/python test/stats/record_hmm.py > test/stats/hmm.json.gz

Series and starts are made here from one seed and are part of the recording, rounded so that they are short. `own` is the likelihood
that hmmlearn comes to from its own starts, in as many steps.
"""

import gzip
import json
import sys
import warnings

import numpy as np
from hmmlearn.hmm import GaussianHMM

warnings.simplefilter("ignore")
random = np.random.default_rng(20)
cases = []
for case in range(20):
    states = 2 + case % 3
    features = 1 + case % 4
    full = case % 2 == 1
    count = 120 + 5 * case
    centres = random.normal(0, 2, (states, features)).round(3)
    state, rows = 0, []
    for _ in range(count):
        if random.random() < 0.1:
            state = int(random.integers(states))
        rows.append(centres[state] + random.normal(0, 0.4 + 0.4 * state, features))
    rows = np.array(rows).round(4)
    start = np.full(states, 1 / states)
    chances = np.full((states, states), 0.1 / (states - 1))
    np.fill_diagonal(chances, 0.9)
    means = (centres + random.normal(0, 0.5, centres.shape)).round(3)
    spread = np.ones((states, features)) if not full else np.array([np.eye(features)] * states)
    prior, weight = (0.01, 1.0) if case % 5 else (0.2, 6.0)
    steps, tolerance = (8, -1e9) if case % 4 else (40, 1e-2)
    model = GaussianHMM(
        n_components=states,
        covariance_type="full" if full else "diag",
        covars_prior=prior,
        covars_weight=weight,
        n_iter=steps,
        tol=tolerance,
        init_params="",
        implementation="scaling",
    )
    model.startprob_, model.transmat_, model.means_, model.covars_ = start, chances, means, spread
    model.fit(rows)
    covars = model.covars_ if full else np.array([np.diag(c) for c in model.covars_])
    own = GaussianHMM(states, "full" if full else "diag", covars_prior=0.01, n_iter=30, tol=-1e9, random_state=1).fit(rows)
    ends = [0, count // 3, count - 1]
    cases.append(
        {
            "states": states,
            "full": full,
            "rows": rows.tolist(),
            "means": means.tolist(),
            "prior": prior,
            "weight": weight,
            "steps": steps,
            "tolerance": tolerance,
            "history": list(map(float, model.monitor_.history)),
            "fitted": {
                "start": model.startprob_.tolist(),
                "transitions": model.transmat_.tolist(),
                "means": model.means_.tolist(),
                "covariances": covars.reshape(states, -1).tolist(),
            },
            "score": float(model.score(rows)),
            "path": model.predict(rows).tolist(),
            "filtered": [[end, model.predict_proba(rows[: end + 1])[-1].tolist()] for end in ends],
            "own": float(own.monitor_.history[-1]),
        }
    )
sys.stdout.buffer.write(gzip.compress(json.dumps(cases).encode(), mtime=0))
