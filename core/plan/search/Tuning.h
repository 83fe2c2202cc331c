// SPDX-License-Identifier: GPL-3.0-or-later
/// Every number that the search was tuned with, by phase, and the reason for it. None of them
/// decides whether an answer is right, only how soon it comes. What was measured is in
/// tests/bench/README.md; "by trial" says that the value was chosen on the tuning's problems and no
/// figure was kept.
#pragma once

#include <cstddef>
#include <cstdint>

namespace millrace::plan::tuning
{

// ---- How many devices make which way worth while ----

/// Up to so many devices label searches come to their end soon and dives only delay the proof (20
/// devices, memory: 57 instead of 33 ms). With more it pays to look why a search ended.
inline constexpr std::size_t kFewDevices = 31;
/// From so many on coverage, which is quick to compute, is tried at every threshold. By trial.
inline constexpr std::size_t kCoverageDevices = 64;
/// From so many on devices share the work so evenly that the first bound is nearly the optimum, and
/// the narrowest searches find it.
inline constexpr std::size_t kManyDevices = 256;

// ---- Which cuts are searched (Solve.cpp) ----

/// The gap to which the cuts of one order are searched before all cuts are: cuts whose payload is
/// too large for a better plan are then left out. By trial.
inline constexpr double kGapOfOrder = 0.02;
/// All cuts may be too many; so often those for still better plans are looked for, which are fewer.
inline constexpr int kFewerCuts = 3;
/// And never for plans better than this share of the best: without a bound yet, nothing else ends
/// it.
inline constexpr double kLeastShare = 1e-3;

// ---- Climb: thresholds from below until prices fail ----

/// Steps of the threshold: small where a plan before says where the optimum is, and then doubled.
inline constexpr double kRise = 0.3, kWarmRise = 0.03;
/// The first threshold where no bound is known, as a share of the highest that makes sense.
inline constexpr double kLowest = 1e-6;

// ---- First plan: few labels and loose thresholds, then more ----

inline constexpr std::size_t kNarrow = 6;      ///< labels per cut to begin with; by trial
inline constexpr std::size_t kNarrowest = 2;   ///< the same from kManyDevices on
inline constexpr std::size_t kWidest = 200000; ///< labels per cut, before the search gives up
inline constexpr std::size_t kWiden = 4;       ///< times as many, when no threshold gave a plan
/// The first threshold over the bound, squared at each failure; nearer for the narrowest searches,
/// for which the bound is nearly the optimum.
inline constexpr double kLoose = 1.1, kLooseForMany = 1.02;

// ---- Halve: between bound and plan ----

inline constexpr double kMiddle = 0.5; ///< on a logarithmic scale: what halves the gap
/// After a threshold was refuted where cuts are no chain: passes take long there, plans do not.
inline constexpr double kNearPlan = 0.75;
/// So near to the plan one may as well ask for the proof.
inline constexpr double kAskForProof = 0.9;
/// From this gap on it pays to ask for the proof at once. By trial.
inline constexpr double kNearlyClosed = 0.01;
/// Runs of the relaxation before a search: as many as take about this many steps of device and cut,
/// within bounds; two where cuts are no chain.
inline constexpr std::size_t kPassStates = 120000;
inline constexpr int kMostPasses = 12, kMostPassesForFew = 8, kPassesInGraphs = 2;
inline constexpr int kManyPasses = 4; ///< times as many, where many searches follow
/// A search that took more labels than this, per cut and device, was a long one: when it was for a
/// proof in vain, the next question is for a bound.
inline constexpr std::int64_t kHard = 8;
/// The cheapest walk may pay just the budget for two reasons. Either the threshold is nearly
/// refuted, or the prices have collapsed onto devices that every walk visits once, which says
/// nothing. Below this share of the budget the prices that refuted the bound guide every second
/// search.
inline constexpr double kCollapsed = 0.001;
/// Walks remember where fewer pairs of devices than this share can hand a cut over: there they go
/// to and fro (relaxation: 99.99 instead of 86 % of an optimum).
inline constexpr double kFewLinks = 0.35;

// ---- Label searches and what makes them wider ----

inline constexpr std::size_t kWidenCheap = 3; ///< a search that cost less than its prices
inline constexpr std::size_t kWidenProof = 3; ///< a proof that was cut short
/// A search that died out is done again with dearer devices so often, and where it clearly missed
/// one device as often as that may help. By trial.
inline constexpr int kConflictTries = 2, kClearTries = 5;
/// How much dearer together, as a share of the budget.
inline constexpr double kConflictShare = 0.03;

// ---- Dive: between kFewDevices and 64 devices ----

/// Where fewer pairs of devices than this share can hand a cut over, dives end on devices that no
/// free one is linked to.
inline constexpr double kDiveLinks = 0.25;
/// Where prices leave less of the budget over, nearly all devices are wanted: narrow searches find
/// nothing there.
inline constexpr double kTight = 0.08;
/// How much of the work dives may be, compared with that of all other searches.
inline constexpr double kDiveShare = 3;
/// The highest threshold for dives, as a share of the way from the bound (0) to the plan (1).
inline constexpr double kNearest = 0.9;
/// The share of the budget that is left over at a dive's threshold: about 1 % mattered on the
/// hardest problems of the tuning. Tighter after a dive that found a plan, looser after one that
/// did not.
inline constexpr double kLeftOver = 0.01, kTighter = 0.8, kLooser = 1.15;
/// Looks for a threshold with as much left over, and when it is near enough.
inline constexpr int kLooks = 3;
inline constexpr double kNearEnough = 0.9;
/// Beginnings that go on from each stretch; more after a dive in vain.
inline constexpr std::size_t kFewKept = 10, kMoreKept = 2, kMostKept = 40;
/// Shares of the work: where the first stretch ends (0.6 mattered), give or take, so that no two
/// dives are alike; what each stretch leaves of the rest; a rest so small that the next stretch is
/// the last.
inline constexpr double kFirstStretch = 0.6, kSpread = 0.12, kShrink = 0.45, kLastStretch = 0.15;
/// Labels per cut, and beginnings from one search; of the first stretch, times those kept.
inline constexpr std::size_t kDiveWidth = 20, kDiveBeginnings = 20;
inline constexpr std::size_t kFirstWidth = 6, kFirstBeginnings = 8;
/// Beginnings with prices of their own, times those kept: three times as many cost a fifth more
/// time.
inline constexpr std::size_t kLookedAt = 2;
inline constexpr int kDivePasses = 15; ///< for these
/// States of the relaxation that take as long as one label, when the work of a dive is counted.
inline constexpr std::size_t kStatesPerLabel = 40;

// ---- The bound, raised by thorough prices after dives ----

inline constexpr int kBoundPasses = 6; ///< times those before a search
inline constexpr int kBoundTries = 3;
/// The share of the budget that prices leave over tells how far below the threshold a bound can be
/// proven. It is tried this much farther below.
inline constexpr double kBeyond = 1.3;
/// Where nothing can be told: how far to go from the bound to the threshold.
inline constexpr double kLow = 0.5;
/// The same after the bound was raised.
inline constexpr double kNext = 0.33;
/// A bound that rises by less than this share is not worth the passes.
inline constexpr double kLeastGain = 0.0005;

// ---- Settle: among equally good plans ----

/// Labels per cut times devices, and the same over all cuts: what may be spent on a plan that is no
/// faster.
inline constexpr std::size_t kSettleWork = 2000, kSettleWorkInAll = 2000000;

// ---- Looks at the inside of the relaxation ----

inline constexpr std::size_t kAsked = 16; ///< cuts between two questions whether to stop: 10 ms
/// How often the cheapest next device is looked for before the others are sorted.
inline constexpr std::size_t kSelections = 4;
/// Looks for a later end with no larger payload, where cuts are no chain.
inline constexpr int kMostLooks = 64;

} // namespace millrace::plan::tuning
