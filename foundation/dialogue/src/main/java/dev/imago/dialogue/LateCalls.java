package dev.imago.dialogue;

import dev.imago.constraints.TokenConstraint;
import java.util.Set;

/// Anything at all, in which calls of tools are held to their schemas from the token on that opens
/// them.
final class LateCalls implements TokenConstraint {
  private final TokenConstraint call;
  private final Set<Integer> openings;
  private final long[] all;

  /// @param openings the ids that calls begin with
  /// @param all ids but those that end an answer
  LateCalls(TokenConstraint call, Set<Integer> openings, long[] all) {
    this.call = call;
    this.openings = Set.copyOf(openings);
    this.all = all;
  }

  @Override
  public Place begin(boolean fresh) {
    return new Text();
  }

  /// Outside a call.
  private final class Text implements Place {
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
      return openings.contains(id) ? new Call(call.begin(false).after(id)) : this;
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
      return place.mayEnd() ? all : place.allowed();
    }

    @Override
    public boolean mayEnd() {
      return place.mayEnd();
    }

    @Override
    public Place after(int id) {
      return place.mayEnd() && !IdSets.has(place.allowed(), id)
          ? new Text().after(id)
          : new Call(place.after(id));
    }

    @Override
    public int[] forced() {
      return place.mayEnd() ? new int[0] : place.forced();
    }
  }
}
