package dev.imago.dialogue;

import dev.imago.constraints.TokenConstraint;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Thoughts of no more than so many tokens, then what the rest of the answer must be. What ends
/// thoughts that have grown too long is forced.
final class ThoughtConstraint implements TokenConstraint {
  /// How thoughts stand in an answer.
  ///
  /// @param opening what they begin with, where the prompt has not begun them
  /// @param closing what they end with; of channels what names another one, too
  /// @param forced what ends them from outside
  record Border(List<String> opening, List<String> closing, String forced) {}

  private final FormTokens tokens;
  private final Border border;
  private final boolean thinking;
  private final int most;
  private final @Nullable TokenConstraint then;
  private final int[] closing;
  private final long[] all;
  private final int longest;

  /// @param thinking whether the prompt has begun the thoughts
  /// @param most tokens of thoughts; −1 for as many as the model likes
  /// @param then what follows them; null where anything may
  /// @param ends the ids that end an answer
  ThoughtConstraint(
      FormTokens tokens,
      Border border,
      boolean thinking,
      int most,
      @Nullable TokenConstraint then,
      Set<Integer> ends) {
    this.tokens = tokens;
    this.border = border;
    this.thinking = thinking;
    this.most = most;
    this.then = then;
    this.closing = tokens.ids(border.forced());
    this.longest =
        2 * border.closing().stream().mapToInt(String::length).max().orElse(0)
            + border.opening().stream().mapToInt(String::length).max().orElse(0);
    this.all = tokens.but(ends);
  }

  @Override
  public Place begin(boolean fresh) {
    if (thinking) {
      return new Thinking("", 0, 0);
    }
    return new Before(then == null ? null : then.begin(fresh), "");
  }

  private Place after() {
    return then == null ? new Free() : then.begin(false);
  }

  /// Anything at all.
  private final class Free implements Place {
    @Override
    public long[] allowed() {
      return all;
    }

    @Override
    public boolean mayEnd() {
      return true;
    }

    @Override
    public Place after(int id) {
      return this;
    }

    @Override
    public int[] forced() {
      return new int[0];
    }
  }

  /// Where the answer may begin with thoughts, or without.
  ///
  /// @param other what comes where it does without; null where that is anything
  private final class Before implements Place {
    private final @Nullable Place other;
    private final String said;

    Before(@Nullable Place other, String said) {
      this.other = other;
      this.said = said;
    }

    /// Whether a text is the opening of thoughts, or begins to be.
    private boolean opens(String text) {
      String begun = text.stripLeading();
      return border.opening().stream().anyMatch(o -> o.startsWith(begun) || begun.startsWith(o));
    }

    @Override
    public long[] allowed() {
      if (other == null) {
        return all;
      }
      long[] opening = new long[all.length];
      for (String tag : border.opening()) {
        int[] ids = tokens.ids(tag);
        String begun = said.stripLeading();
        if (begun.isEmpty() && ids.length > 0) {
          opening[ids[0] >>> 6] |= 1L << ids[0];
        } else if (tag.startsWith(begun) && tag.length() > begun.length()) {
          int next = tokens.ids(tag.substring(begun.length()))[0];
          opening[next >>> 6] |= 1L << next;
        }
      }
      return IdSets.either(other.allowed(), opening);
    }

    @Override
    public boolean mayEnd() {
      return other == null || other.mayEnd();
    }

    @Override
    public Place after(int id) {
      String text = said + tokens.text(id);
      if (!opens(text)) {
        return other == null ? new Free() : other.after(id);
      }
      String begun = text.stripLeading();
      if (border.opening().stream().anyMatch(begun::startsWith)) {
        return new Thinking("", 0, 0);
      }
      boolean both = other != null && IdSets.has(other.allowed(), id);
      return new Before(
          both && other != null ? other.after(id) : other == null ? null : NOWHERE, text);
    }

    @Override
    public int[] forced() {
      return new int[0];
    }
  }

  /// What can no longer be.
  private static final Place NOWHERE =
      new Place() {
        @Override
        public long[] allowed() {
          return new long[0];
        }

        @Override
        public boolean mayEnd() {
          return false;
        }

        @Override
        public Place after(int id) {
          throw new IllegalArgumentException("token id %d may not come here".formatted(id));
        }

        @Override
        public int[] forced() {
          return new int[0];
        }
      };

  /// Within the thoughts.
  private final class Thinking implements Place {
    private final String tail;
    private final int count;

    /// How many of the forced ids have come.
    private final int closed;

    Thinking(String tail, int count, int closed) {
      this.tail = tail;
      this.count = count;
      this.closed = closed;
    }

    private boolean closing() {
      return most >= 0 && count >= most;
    }

    @Override
    public long[] allowed() {
      if (!closing()) {
        return all;
      }
      int id = closing[closed];
      long[] one = new long[(id >>> 6) + 1];
      one[id >>> 6] = 1L << id;
      return one;
    }

    @Override
    public boolean mayEnd() {
      return then == null && !closing();
    }

    @Override
    public Place after(int id) {
      if (closing()) {
        if (id != closing[closed]) {
          throw new IllegalArgumentException("token id %d may not come here".formatted(id));
        }
        return closed + 1 == closing.length
            ? ThoughtConstraint.this.after()
            : new Thinking(tail, count, closed + 1);
      }
      String text = tail + tokens.text(id);
      if (border.closing().stream().anyMatch(text::contains)) {
        return ThoughtConstraint.this.after();
      }
      return new Thinking(text.substring(Math.max(0, text.length() - longest)), count + 1, 0);
    }

    @Override
    public int[] forced() {
      return closing()
          ? IdSets.joined(
              Arrays.copyOfRange(closing, closed, closing.length),
              ThoughtConstraint.this.after().forced())
          : new int[0];
    }
  }
}
