"""What the panels say about themselves, and the questions that people ask about dropout, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PAPER: Final = "Srivastava et al., JMLR 15 (2014)"
_BOOK: Final = "Chollet, Deep Learning with Python, 1st ed., section 4.4"
_KERAS: Final = "Keras documentation, keras.layers.Dropout"
_HERE: Final = "How this program works"


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and its answer.

    Attributes:
        question: As people ask it.
        answer: In plain words.
        see: How to see it in this program; empty where it cannot be seen.
        source: Where it can be read.
    """

    question: str
    answer: str
    see: str
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a panel says about itself.

    Attributes:
        title: The panel's name.
        shown: What is shown, in a sentence or two.
        answers: The questions that belong there.
    """

    title: str
    shown: str
    answers: tuple[Answer, ...]


# -- the questions that people ask --

PER_REVIEW: Final = Answer(
    "Is the mask per batch or per review?",
    "Per review, and per unit. Every cell of the mask is a draw of its own, so two reviews of the same batch lose "
    "different units.",
    "Look at the rows of the mask m: each review has a pattern of its own.",
    f"{_PAPER}; Keras issue #217",
)
EVERY_STEP: Final = Answer(
    "Does it change every step?",
    "Yes. Every training step draws new masks. A review that comes back in the next epoch loses other units.",
    "Start a run and press New mask (M): reviews and weights stay, only the mask changes, and the output with it.",
    _KERAS,
)
VALIDATION: Final = Answer(
    "Is it on during validation?",
    "No. Validation and prediction use every unit: nothing is dropped.",
    "Switch the forward pass to Inference (T): that is the pass that validation uses. The mask is 1 everywhere.",
    _KERAS,
)
BETTER_AT_FIRST: Final = Answer(
    "Why is validation better than training at first?",
    "The two are not measured alike. The training figure is taken with dropout on, while units are missing, and it is "
    "averaged over an epoch in which the weights still improve. The validation figure is taken with dropout off, at "
    "the end of the epoch.",
    "In Learning curves, compare the validation with “training, dropout off”: both are then measured in the same way, "
    "with the same weights.",
    "Keras issue #1761",
)
NO_CHANGE: Final = Answer(
    "Do I have to change the model to predict?",
    "No. It is the same model with the same weights. fit trains with dropout on; predict and evaluate turn it off by "
    "themselves. If you call the model directly, model(x) predicts and model(x, training=True) drops.",
    "Switch between Training and Inference (T): one model, one batch, two passes.",
    f"{_KERAS}; Keras issue #5357",
)
SHARE_DROPPED: Final = Answer(
    "Is the number the share kept or dropped?",
    "Here and in Keras, the rate is the share dropped: rate 0.30 keeps 0.70. In the paper that made dropout known, p "
    "is the probability of keeping a unit. At 0.5 both are the same number, so a mix-up goes unnoticed: a well-known "
    "book says that outputs are scaled by the dropout rate at test time, and means the share kept.",
    "Set a rate of 0.80 and look at the mask: most of it is dropped. Rate and keep are always written side by side.",
    f"{_KERAS}; {_PAPER}; {_BOOK}",
)
NO_SCALING: Final = Answer(
    "What if I forget the scaling?",
    "In training the next layer gets, on average, only the share kept of each activation. At inference it suddenly "
    "gets all of it: twice what it learned with at rate 0.5. So one side has to make up for it: × 1/(1 − rate) in "
    "training, or × (1 − rate) at inference.",
    "Set Scaling to “None: the mistake”, restart, and switch Training and Inference (T): the mean of the output "
    "jumps. With inverted scaling it stays about the same.",
    f"{_PAPER}, section 10",
)

ASKED: Final = (PER_REVIEW, EVERY_STEP, VALIDATION, BETTER_AT_FIRST, NO_CHANGE, SHARE_DROPPED, NO_SCALING)
"""The questions that the screen has to answer, in the order in which a learner meets them."""

# -- what is asked about one panel --

_ZERO_BUT_KEPT: Final = Answer(
    "Why are some cells zero although they were kept?",
    "That was relu, not dropout: relu turns every number below zero into zero.",
    "Look for cells in the colour of zero that the mask shows as kept. Dropped cells look different; the legend below "
    "the maps names both.",
    "Keras documentation, keras.activations.relu",
)
_THREE_STEPS: Final = Answer(
    "What is the difference between the buttons for one step?",
    "One batch: new reviews, new masks, and the weights learn. Forward only: new reviews and masks, the weights stay. "
    "New mask: only the mask is new, so whatever changes is chance.",
    "Press New mask (M) a few times, then One batch (→).",
    _HERE,
)
_LOOKING_BACK: Final = Answer(
    "Does looking back stop the training?",
    "No. Training goes on behind the picture. Live (L) returns to the newest batch.",
    "Drag on the track, or press ← and →. With Shift they go by a whole epoch.",
    _HERE,
)
_DURING_A_RUN: Final = Answer(
    "What can I change while it trains?",
    "The rates, the learning rate and the number of epochs act at the next batch. Everything else needs a new run; "
    "changed, it carries the mark ↻ until you restart.",
    "Drag a rate during a run and watch the mask, the factor and the mark on the curves.",
    _HERE,
)
_WHAT_CHANGES: Final = Answer(
    "What does dropout change in these curves?",
    "Often the best validation figure hardly moves. It comes later, and after it the loss climbs more slowly: the "
    "network overfits less.",
    "Let a run end, then press Run again without dropout in Compare runs.",
    _BOOK,
)
_THINNED: Final = Answer(
    "What is left when units are dropped?",
    "A smaller, thinned network: what is dropped has no say for this review, neither in the prediction nor in what is "
    "learned from it. All thinned networks share one set of weights. Inference uses all units once, in place of "
    "averaging the predictions of all the thinned networks.",
    "Click a unit to drop it or to keep it, and watch the prediction move.",
    f"{_PAPER}; Baldi & Sadowski, NIPS 2013",
)
_FAIR_UNITS: Final = Answer(
    "Is one unit dropped more often than another?",
    "Only by chance. Every unit has the same rate, and over many reviews the shares kept come close together. The "
    "shaded band is where 95 of 100 units are expected.",
    "Compare “this batch” with “whole run up to here”: the band becomes narrow, and the units with it.",
    "Arithmetic: the binomial distribution",
)
_WHOLE_LAYER: Final = Answer(
    "Can a whole layer be dropped?",
    "Yes, by chance: rate × rate × …, once for each unit. With 16 units that is 0.0015 % of the reviews at rate 0.5, "
    "2.8 % at 0.8 and 18.5 % at 0.9. The next layer then gets nothing but zeros.",
    "Set a rate of 0.90 and look for rows of the mask with no kept cell.",
    "Arithmetic: rate to the power of the number of units",
)
_SPREAD: Final = Answer(
    "What does the spread of predictions tell?",
    "The same review is predicted many times with dropout on, each time with another mask. A wide spread says that "
    "the model is unsure. It says nothing about noise in the reviews themselves.",
    "Compare a clear review with one of mixed words.",
    "Gal & Ghahramani, ICML 2016",
)
_MEAN_AND_OFF: Final = Answer(
    "Why is the mean of many masks not exactly the prediction with dropout off?",
    "Using all units once only approximates the average over all masks. The approximation is good: in the paper's "
    "experiment about 50 masks gave, on average, what it gives.",
    "Look at the two lines in the histogram of predictions.",
    f"{_PAPER}, fig. 11; Baldi & Sadowski, NIPS 2013",
)
_LUCK: Final = Answer(
    "Is a better run just luck?",
    "It can be, when the seeds differ. With one seed, two runs begin with the same weights and see the same batches "
    "in the same order. What differs then is the setting that you changed.",
    "Press Run again without dropout.",
    _HERE,
)
_TRAINING_ARGUMENT: Final = Answer(
    "How does the layer know that it is training?",
    "Keras tells it: fit calls the model with training=True, predict and evaluate with training=False. A layer "
    "written by hand takes training as an argument and multiplies by a mask only when it is true.",
    "Choose “Hand-written layer” at Written as and find the argument in the program.",
    _KERAS,
)

EXPLANATIONS: Final[dict[str, Explanation]] = {
    "equation": Explanation(
        "The equation",
        "One layer's numbers for one batch: a row is a review, a column a unit. What the layer computes (activation) × "
        "a random mask × a factor = the output, which is all that the next layer gets.",
        (PER_REVIEW, EVERY_STEP, VALIDATION, NO_SCALING, _ZERO_BUT_KEPT),
    ),
    "time": Explanation(
        "Steps and timeline",
        "The batches of the run in a row, from the first to the newest, and buttons that go a single step.",
        (_THREE_STEPS, EVERY_STEP, _LOOKING_BACK),
    ),
    "settings": Explanation(
        "Settings",
        "What the next run depends on: which reviews, how dropout is written and scaled, how much is dropped, and how "
        "the network learns.",
        (SHARE_DROPPED, NO_SCALING, _DURING_A_RUN),
    ),
    "curves": Explanation(
        "Learning curves",
        "How the predictions become better or worse over the run: loss (lower is better) and accuracy (higher is "
        "better). Training reviews are those that the network learns from, validation reviews those it never learns "
        "from.",
        (BETTER_AT_FIRST, VALIDATION, _WHAT_CHANGES),
    ),
    "network": Explanation(
        "Network",
        "One review's way through the network: a disc is a unit, a line a weight, and its width is how much it "
        "brings to the unit that it leads to.",
        (_THINNED, PER_REVIEW, VALIDATION),
    ),
    "units": Explanation(
        "Unit statistics",
        "What each unit of a layer did over many batches: how often it was kept, its mean before and after dropout, "
        "and how often relu made it zero.",
        (_FAIR_UNITS, _WHOLE_LAYER, NO_SCALING),
    ),
    "inspector": Explanation(
        "Review inspector",
        "What the network makes of one review: its prediction with dropout off, how much each word pulls at it, and "
        "how far it spreads with dropout left on.",
        (NO_CHANGE, _SPREAD, _MEAN_AND_OFF),
    ),
    "compare": Explanation(
        "Compare runs",
        "Every run side by side: what differs in its settings and what it came to. Losses leave the L2 penalty out, "
        "so that they can be compared.",
        (_LUCK, _WHAT_CHANGES, BETTER_AT_FIRST),
    ),
    "code": Explanation(
        "Code",
        "The settings at hand as a complete Keras program, to read, copy and run. The mark ◆ stands where dropout is.",
        (_TRAINING_ARGUMENT, NO_CHANGE, SHARE_DROPPED),
    ),
}
"""By the name of the panel; `time` is the row of steps and timeline."""
