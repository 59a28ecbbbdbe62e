package dev.imago.dialogue;

import dev.imago.constraints.TokenConstraint;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing after another: single tokens, and constraints in whose texts no such token is.
final class TokenSteps implements TokenConstraint {
  /// One of them: a token, or a constraint.
  ///
  /// @param id counts where there is no constraint
  record Step(int id, @Nullable TokenConstraint constraint) {}

  private final List<Step> steps;

  TokenSteps(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /// The token that it begins with; −1 where it does not begin with a certain one.
  int first() {
    return steps.isEmpty() || steps.getFirst().constraint() != null ? -1 : steps.getFirst().id();
  }

  @Override
  public Place begin(boolean fresh) {
    return at(0, fresh);
  }

  private Place at(int step, boolean fresh) {
    TokenConstraint constraint = step < steps.size() ? steps.get(step).constraint() : null;
    return new At(step, constraint == null ? null : constraint.begin(fresh));
  }

  /// @param inner in a constraint
  private final class At implements Place {
    private final int step;
    private final @Nullable Place inner;

    At(int step, @Nullable Place inner) {
      this.step = step;
      this.inner = inner;
    }

    /// The place at the next step, where this one may be left for it; else null.
    private @Nullable Place next() {
      return inner != null && inner.mayEnd() && step + 1 < steps.size()
          ? at(step + 1, false)
          : null;
    }

    @Override
    public long[] allowed() {
      if (step == steps.size()) {
        return new long[0];
      }
      if (inner == null) {
        int id = steps.get(step).id();
        long[] one = new long[(id >>> 6) + 1];
        one[id >>> 6] = 1L << id;
        return one;
      }
      Place next = next();
      return next == null ? inner.allowed() : IdSets.either(inner.allowed(), next.allowed());
    }

    @Override
    public boolean mayEnd() {
      if (step == steps.size()) {
        return true;
      }
      if (inner == null || !inner.mayEnd()) {
        return false;
      }
      Place next = next();
      return next == null || next.mayEnd();
    }

    @Override
    public Place after(int id) {
      if (inner == null) {
        if (step == steps.size() || steps.get(step).id() != id) {
          throw new IllegalArgumentException("token id %d may not come here".formatted(id));
        }
        return at(step + 1, false);
      }
      if (IdSets.has(inner.allowed(), id)) {
        return new At(step, inner.after(id));
      }
      Place next = next();
      if (next == null) {
        throw new IllegalArgumentException("token id %d may not come here".formatted(id));
      }
      return next.after(id);
    }

    @Override
    public int[] forced() {
      if (step == steps.size()) {
        return new int[0];
      }
      if (inner == null) {
        int[] one = {steps.get(step).id()};
        return IdSets.joined(one, at(step + 1, false).forced());
      }
      int[] forced = inner.forced();
      if (forced.length > 0) {
        return forced;
      }
      Place next = next();
      return next != null && Arrays.stream(inner.allowed()).allMatch(word -> word == 0)
          ? next.forced()
          : forced;
    }
  }
}
