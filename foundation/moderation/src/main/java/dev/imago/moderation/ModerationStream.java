package dev.imago.moderation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A text that is judged as it flows: no part of it goes out before it has been judged together
/// with what came before it. For one thread.
///
/// It is judged in segments, which end with a sentence or a line, and are at most [#LONGEST]
/// characters; each with up to [#BEHIND] characters that went before, so that a phrase across two
/// segments is found before its second half is out. Where segments end depends on the text alone:
/// the verdict is the same however the text is cut on its way.
public final class ModerationStream {
  /// The most that is held back.
  public static final int LONGEST = 400;

  /// What is judged again beside a new segment.
  public static final int BEHIND = 200;

  private final Moderator moderator;
  private final StringBuilder held = new StringBuilder();
  private final StringBuilder behind = new StringBuilder();
  private @Nullable ModerationVerdict flagged;
  private String where = "";

  public ModerationStream(Moderator moderator) {
    this.moderator = moderator;
  }

  /// Takes more of the text; gives what of it may go out. Nothing more does once it is flagged.
  public String append(String text) {
    held.append(text);
    var out = new StringBuilder();
    for (int end = end(); flagged == null && end > 0; end = end()) {
      judged(end, out);
    }
    return out.toString();
  }

  /// Ends the text; gives the rest of what may go out.
  public String finish() {
    var out = new StringBuilder();
    if (flagged == null && !held.isEmpty()) {
      judged(held.length(), out);
    }
    return out.toString();
  }

  private void judged(int end, StringBuilder out) {
    String segment = held.substring(0, end);
    held.delete(0, end);
    String judged = behind + segment;
    ModerationVerdict verdict = moderator.judge(judged);
    if (verdict.isFlagged()) {
      flagged = verdict;
      where = judged;
      return;
    }
    out.append(segment);
    behind.append(segment);
    int over = behind.length() - BEHIND;
    if (over > 0) {
      behind.delete(0, Character.isLowSurrogate(behind.charAt(over)) ? over + 1 : over);
    }
  }

  /// Where the first segment ends; 0 while that is not known.
  private int end() {
    for (int i = 0; i < held.length(); i++) {
      char c = held.charAt(i);
      if (c == '\n' || "。！？；".indexOf(c) >= 0) {
        return i + 1;
      }
      if (i > 0 && Character.isWhitespace(c) && ".!?;…".indexOf(held.charAt(i - 1)) >= 0) {
        return i + 1;
      }
      if (i + 1 == LONGEST) {
        // Between two words, where there are any.
        int blank = held.lastIndexOf(" ", i);
        int cut = blank > LONGEST / 2 ? blank + 1 : LONGEST;
        return Character.isHighSurrogate(held.charAt(cut - 1)) ? cut - 1 : cut;
      }
    }
    return 0;
  }

  /// The verdict that ended it; empty while all of it may go out.
  public Optional<ModerationVerdict> flagged() {
    return Optional.ofNullable(flagged);
  }

  /// What was judged when it was flagged: the segment, and what went before it.
  public String flaggedText() {
    return where;
  }
}
