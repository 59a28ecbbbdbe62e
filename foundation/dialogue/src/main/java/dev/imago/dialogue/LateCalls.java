package dev.imago.dialogue;

import dev.imago.constraints.TokenConstraint;
import org.jspecify.annotations.Nullable;

/// Anything at all, in which calls of tools are held to their schemas from the token on that opens
/// them.
final class LateCalls implements TokenConstraint {
  private final TokenConstraint call;
  private final int opening;
  private final @Nullable SpelledMark guard;
  private final long[] all;

  /// @param opening the id that calls begin with
  /// @param guard keeps text from spelling what calls begin with; null where text cannot
  /// @param all ids but those that end an answer
  LateCalls(TokenConstraint call, int opening, @Nullable SpelledMark guard, long[] all) {
    this.call = call;
    this.opening = opening;
    this.guard = guard;
    this.all = all;
  }

  @Override
  public Place begin(boolean fresh) {
    return new Text(0);
  }

  /// Outside a call.
  private final class Text implements Place {
    private final int spelled;

    /// @param spelled how much of what calls begin with the text ends with
    Text(int spelled) {
      this.spelled = spelled;
    }

    @Override
    public long[] allowed() {
      return guard == null ? all : guard.among(all, spelled);
    }

    @Override
    public boolean mayEnd() {
      return true;
    }

    @Override
    public Place after(int id) {
      if (id == opening) {
        return new Call(call.begin(false).after(id));
      }
      return guard == null ? this : new Text(guard.after(spelled, id));
    }

    @Override
    public int[] forced() {
      return new int[0];
    }
  }

  /// Within a call. Where it may end, text may follow, or another one.
  private final class Call implements Place {
    private final Place place;

    Call(Place place) {
      this.place = place;
    }

    @Override
    public long[] allowed() {
      return place.mayEnd()
          ? IdSets.either(new Text(0).allowed(), place.allowed())
          : place.allowed();
    }

    @Override
    public boolean mayEnd() {
      return place.mayEnd();
    }

    @Override
    public Place after(int id) {
      return place.mayEnd() && !IdSets.has(place.allowed(), id)
          ? new Text(0).after(id)
          : new Call(place.after(id));
    }

    @Override
    public int[] forced() {
      return place.mayEnd() ? new int[0] : place.forced();
    }
  }
}
