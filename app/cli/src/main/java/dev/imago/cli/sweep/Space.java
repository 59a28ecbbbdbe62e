package dev.imago.cli.sweep;

import dev.imago.core.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/// The settings that are searched, each with its range, in the order in which they were named.
public record Space(SequencedMap<String, SearchRange> ranges) {
  /// Draws in a row that give nothing new: then there is nothing new.
  private static final int MOST_VAIN = 2000;

  /// What may stand at a combination; the message of what forbids it otherwise.
  @FunctionalInterface
  public interface Check {
    /// @throws ConfigException for settings that cannot be
    void of(Map<String, String> settings);
  }

  /// What was drawn.
  ///
  /// @param combinations each another
  /// @param refused how many the recipe did not take
  /// @param because why it did not take the first of these; empty where it took all
  public record Drawn(List<Map<String, String>> combinations, int refused, String because) {
    public Drawn {
      combinations = List.copyOf(combinations);
    }
  }

  public Space {
    ranges = new LinkedHashMap<>(ranges);
    if (ranges.isEmpty()) {
      throw new ConfigException(
          "nothing to search: name a setting and its range, such as --set"
              + " pretrain.learningRate=log:1e-4..1e-2");
    }
  }

  /// The settings' names, in order.
  public List<String> names() {
    return List.copyOf(ranges.keySet());
  }

  /// Refuses a range of which the recipe does not take an end, or a choice that it never takes.
  ///
  /// @param drawn in whose company a value may stand where it cannot stand alone
  public void check(Check check, List<Map<String, String>> drawn) {
    ranges.forEach(
        (name, range) -> {
          for (String end : range.ends()) {
            alone(check, drawn, name, end);
          }
        });
  }

  private static void alone(
      Check check, List<Map<String, String>> drawn, String name, String value) {
    try {
      check.of(Map.of(name, value));
    } catch (ConfigException refusal) {
      for (Map<String, String> company : drawn) {
        var changed = new LinkedHashMap<>(company);
        changed.put(name, value);
        try {
          check.of(changed);
          return;
        } catch (ConfigException inCompany) {
          continue;
        }
      }
      throw refusal;
    }
  }

  /// Draws combinations that the recipe takes. Of one seed, the first are the same however many are
  /// asked for.
  ///
  /// @param count how many; fewer come where the space has no more
  public Drawn draw(long seed, int count, Check check) {
    var random = new Random(seed);
    var seen = new LinkedHashSet<Map<String, String>>();
    var taken = new ArrayList<Map<String, String>>();
    var refusals = new ArrayList<ConfigException>();
    for (int vain = 0; taken.size() < count && vain < MOST_VAIN; vain++) {
      var settings = new LinkedHashMap<String, String>();
      ranges.forEach((name, range) -> settings.put(name, range.draw(random)));
      if (!seen.add(settings)) {
        continue;
      }
      try {
        check.of(settings);
        taken.add(settings);
        vain = 0;
      } catch (ConfigException e) {
        refusals.add(e);
      }
    }
    if (taken.isEmpty()) {
      throw refusals.getFirst();
    }
    String because = refusals.isEmpty() ? "" : String.valueOf(refusals.getFirst().getMessage());
    return new Drawn(taken, refusals.size(), because);
  }
}
