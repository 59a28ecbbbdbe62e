package dev.imago.masking;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds what rules ask for in texts, and takes it out, by the whole or as the text flows. Safe for
/// use by many threads at once, as far as the [NameFinder] is.
///
/// Whatever a detector or the finder of names throws comes out of every method here, and nothing of
/// the text does: who masks for safety fails with it.
public final class Masker {
  private final MaskRules rules;
  private final Detectors detectors;
  private final Optional<NameFinder> names;

  public Masker(MaskRules rules) {
    this(rules, Optional.empty());
  }

  /// @param names tells the names; without one, none are looked for
  public Masker(MaskRules rules, Optional<NameFinder> names) {
    this.rules = rules;
    this.detectors = new Detectors(rules);
    this.names = names;
  }

  public MaskRules rules() {
    return rules;
  }

  /// What there is in a text, in order, none over another.
  public List<Detection> find(String text) {
    var sight = new Sight(text.toCharArray(), text.length(), true);
    var scan = new DetectionScan(detectors, names, sight);
    var all = new ArrayList<Detection>();
    for (Detection next = scan.next(); next != null; next = scan.next()) {
      all.add(next);
    }
    return all;
  }

  /// A text without what the rules take out.
  ///
  /// @param replacements of this document, or of this request
  /// @throws BlockedTextException where it holds what must not pass
  public MaskedText mask(String text, Replacements replacements) {
    List<Detection> all = find(text);
    if (all.isEmpty()) {
      return new MaskedText(text, Map.of());
    }
    var counts = new EnumMap<PersonalKind, Integer>(PersonalKind.class);
    var out = new StringBuilder(text.length());
    int copied = 0;
    for (Detection each : all) {
      counts.merge(each.kind(), 1, Integer::sum);
      MaskAction action = action(each.kind());
      if (action != MaskAction.NOTE) {
        String value = text.substring(each.start(), each.end());
        out.append(text, copied, each.start()).append(replacements.of(each.kind(), action, value));
        copied = each.end();
      }
    }
    return new MaskedText(
        copied == 0 ? text : out.append(text, copied, text.length()).toString(), counts);
  }

  /// A text that comes in pieces.
  public MaskStream stream(Replacements replacements) {
    return new MaskStream(this, replacements);
  }

  DetectionScan scan(Sight sight) {
    return new DetectionScan(detectors, names, sight);
  }

  MaskAction action(PersonalKind kind) {
    return rules.actions().getOrDefault(kind, MaskAction.NOTE);
  }
}
