package dev.imago.generate;

import dev.imago.constraints.TokenConstraint;
import dev.imago.constraints.TokenConstraint.Place;
import java.util.Arrays;
import java.util.Set;

/// Holds one answer to its constraint: masks the scores before anything else is done with them, and
/// follows the answer token by token.
final class ConstrainedAnswer {
  private final Set<Integer> ends;
  private Place place;

  /// @param fresh whether the answer is a text of its own
  /// @param ends the ids that end the answer
  ConstrainedAnswer(TokenConstraint constraint, boolean fresh, Set<Integer> ends) {
    this.place = constraint.begin(fresh);
    this.ends = ends;
  }

  /// Leaves the scores of what may come here, and −∞ of all else. Where the model rules out all
  /// that may come, that is equally likely.
  void mask(float[] scores) {
    long[] allowed = place.allowed();
    boolean mayEnd = place.mayEnd();
    float most = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < scores.length; id++) {
      if (allows(allowed, mayEnd, id)) {
        most = Math.max(most, scores[id]);
      } else {
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
    if (most == Float.NEGATIVE_INFINITY) {
      for (int id = 0; id < scores.length; id++) {
        scores[id] = allows(allowed, mayEnd, id) ? 0 : Float.NEGATIVE_INFINITY;
      }
    }
  }

  private boolean allows(long[] allowed, boolean mayEnd, int id) {
    return id >> 6 < allowed.length && (allowed[id >> 6] >>> id & 1) != 0
        || mayEnd && ends.contains(id);
  }

  void accept(int id) {
    place = place.after(id);
  }

  /// The tokens that come next whatever the model says.
  int[] forced() {
    return place.forced();
  }

  /// Whether the answer is complete and nothing more may come.
  boolean over() {
    return place.over();
  }

  /// The first `most` of some ids.
  static int[] atMost(int[] ids, int most) {
    return ids.length <= most ? ids : Arrays.copyOf(ids, most);
  }
}
