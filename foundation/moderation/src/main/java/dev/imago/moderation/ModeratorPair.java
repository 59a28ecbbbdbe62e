package dev.imago.moderation;

import java.util.Set;
import java.util.TreeSet;

/// Two moderators as one: of each category the higher score, and what either flags.
public record ModeratorPair(Moderator first, Moderator second) implements Moderator {
  @Override
  public Set<String> categories() {
    var all = new TreeSet<>(first.categories());
    all.addAll(second.categories());
    return all;
  }

  @Override
  public ModerationVerdict judge(String text) {
    return first.judge(text).with(second.judge(text));
  }
}
