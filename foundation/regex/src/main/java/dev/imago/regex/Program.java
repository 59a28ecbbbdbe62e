package dev.imago.regex;

import java.util.List;

/// A compiled pattern: instructions with their operands in a row, for [Matching].
///
/// @param code operations with their operands
/// @param sets what [#SET] and its like refer to
/// @param backs the groups that back references ask for, the first to ask first
/// @param registers how many the machine needs: two for each group, then counters and marks
/// @param first what a match can start with; all where it may be empty or is not known
/// @param word what counts as a letter at the edge of a word
record Program(
    int[] code,
    List<CodeSet> sets,
    List<int[]> backs,
    int registers,
    CodeSet first,
    boolean atSearchStart,
    CodeSet word) {
  /// The end of a match.
  static final int MATCH = 0;

  /// `SET set`: takes a code point of a set.
  static final int SET = 1;

  /// `CHAR c`: takes one code unit that is a whole character.
  static final int CHAR = 2;

  /// `JUMP to`.
  static final int JUMP = 3;

  /// `SPLIT to`: goes on here, and tries `to` if that fails.
  static final int SPLIT = 4;

  /// `SPLIT_LAZY to`: goes on there, and tries here if that fails.
  static final int SPLIT_LAZY = 5;

  /// `GUARD set to`: jumps unless a code point of the set comes.
  static final int GUARD = 6;

  /// `SAVE register`: notes the position.
  static final int SAVE = 7;

  /// `PLACE place`.
  static final int PLACE = 8;

  /// `RUN set min max`: takes as many of a set as there are, gives them back one by one.
  static final int RUN = 9;

  /// `RUN_LAZY set min max`.
  static final int RUN_LAZY = 10;

  /// `RUN_ALL set min max`: takes as many as there are and gives none back.
  static final int RUN_ALL = 11;

  /// `IF_STILL register to`: jumps if the position is still the noted one.
  static final int IF_STILL = 12;

  /// `ZERO register`.
  static final int ZERO = 13;

  /// `COUNT register min max to greedy`: enters the loop's body, which follows, or leaves to `to`.
  static final int COUNT = 14;

  /// `KEEP_BEGIN register`, `KEEP_END register`: what is tried between is not tried again.
  static final int KEEP_BEGIN = 15;

  static final int KEEP_END = 16;

  /// `AHEAD_BEGIN register`, `AHEAD_END register`: and the position goes back.
  static final int AHEAD_BEGIN = 17;

  static final int AHEAD_END = 18;

  /// `NOT_BEGIN register to`, `NOT_END register`: fails if the end is reached, jumps else.
  static final int NOT_BEGIN = 19;

  static final int NOT_END = 20;

  /// `BEHIND register min max`: goes back by so many characters, the fewest first.
  static final int BEHIND = 21;

  /// `BEHIND_END register`: fails unless at the noted position.
  static final int BEHIND_END = 22;

  /// `BACK back ignoreCase`.
  static final int BACK = 23;

  /// `CLUSTER`.
  static final int CLUSTER = 24;

  /// `FAIL`.
  static final int FAIL = 25;

  /// `COUNTED register`: one more, and on into the body.
  static final int COUNTED = 26;
}
