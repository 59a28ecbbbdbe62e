package dev.imago.dialogue;

import dev.imago.constraints.TokenConstraint;
import java.util.Arrays;
import java.util.List;

/// One of several constraints, whichever the answer turns out to follow.
final class AnyConstraint implements TokenConstraint {
  private final List<TokenConstraint> choices;

  AnyConstraint(List<TokenConstraint> choices) {
    this.choices = List.copyOf(choices);
  }

  @Override
  public Place begin(boolean fresh) {
    return new At(choices.stream().map(choice -> choice.begin(fresh)).toList());
  }

  /// @param open those that are still possible
  private record At(List<Place> open) implements Place {
    @Override
    public long[] allowed() {
      long[] all = open.getFirst().allowed();
      for (Place place : open.subList(1, open.size())) {
        all = IdSets.either(all, place.allowed());
      }
      return all;
    }

    @Override
    public boolean mayEnd() {
      return open.stream().anyMatch(Place::mayEnd);
    }

    @Override
    public Place after(int id) {
      List<Place> left =
          open.stream()
              .filter(place -> IdSets.has(place.allowed(), id))
              .map(place -> place.after(id))
              .toList();
      if (left.isEmpty()) {
        throw new IllegalArgumentException("token id %d may not come here".formatted(id));
      }
      return left.size() == 1 ? left.getFirst() : new At(left);
    }

    /// What all of them begin with.
    @Override
    public int[] forced() {
      if (mayEnd()) {
        return new int[0];
      }
      int[] common = open.getFirst().forced();
      for (Place place : open.subList(1, open.size())) {
        int[] other = place.forced();
        int same = Arrays.mismatch(common, other);
        common = same < 0 ? common : Arrays.copyOf(common, same);
      }
      return common;
    }
  }
}
