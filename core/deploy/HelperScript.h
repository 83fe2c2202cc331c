// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteHost.h"

namespace millrace::deploy
{

/// The one script that is run on hosts. "$1" says what to do, "$2" is Millrace's folder there
/// (relative: from the home folder), then come the arguments of:
///
///   facts                          what Facts.h reads, one "key=value" a line
///   lock TOKEN WHO                 takes the folder, or says who has it (exit code 31)
///   unlock TOKEN
///   sweep [RELEASE...]             removes half-made releases, and these
///   have [SHA256...]               says which of these blobs are there and are what they were
///   place RELEASE NODE [NAME SHA256]...   a node's folder with links to blobs
///   start RELEASE NODE MEMORY ROLE [SERVICES]   ROLE: gateway, probe or empty: a stage; SERVICES:
///                                  process, where no service manager is to be used. Says "pid=P S"
///                                  and "started=yes|no"; what runs already stays as it is
///   measure RELEASE NODE           the runner's --measure with this script's input
///   state RELEASE [NODE...]        "NODE PID START" for each that runs
///   tail RELEASE NODE              the end of its log
///   complete RELEASE               from now on it is a release, not garbage
///   stop RELEASE [NODE...]         no process of it, or of these nodes, is left
///   remove RELEASE                 nor any file that no other release needs
///
/// Folder: lock, blobs/SHA256, releases/RELEASE/{complete,NODE/...}. A blob whose only link is the
/// one in blobs belongs to nobody. Exit codes: 21 files, 22 no space, 31 held by another, 32 not
/// there; stderr says why.
extern const ssh::Script kHelper;

inline constexpr int kFilesFailed = 21, kNoSpace = 22, kHeldByAnother = 31, kNotThere = 32;

} // namespace millrace::deploy
