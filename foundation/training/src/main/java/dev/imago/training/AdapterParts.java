package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What some modules of an adapter have otherwise than the rest, and tokens that train beside.
/// Where several patterns fit a module, the longest one counts.
///
/// @param rankPattern ranks by module: ends of names, `*` for any text. PEFT's `rank_pattern`
/// @param alphaPattern by how much the additions of some modules count, named likewise. PEFT's
///   `alpha_pattern`
/// @param tokens as the tokenizer writes them, whose rows of the embedding train, and of the last
///   layer. PEFT's `trainable_token_indices`
public record AdapterParts(
    Map<String, Integer> rankPattern, Map<String, Double> alphaPattern, List<String> tokens) {
  /// All have the same.
  public static final AdapterParts NONE = new AdapterParts(Map.of(), Map.of(), List.of());

  public AdapterParts {
    rankPattern = Map.copyOf(rankPattern);
    alphaPattern = Map.copyOf(alphaPattern);
    tokens = List.copyOf(tokens);
    var once = new HashSet<String>();
    for (String token : tokens) {
      if (!once.add(token)) {
        throw new ConfigException(
            "tokens = «%s» stands there twice; name it once".formatted(token));
      }
    }
    rankPattern.forEach((name, rank) -> Bounds.whole("rankPattern." + name, rank, 1, 1024));
    alphaPattern.forEach((name, a) -> Bounds.number("alphaPattern." + name, a, 1e-3, 65536));
  }

  /// The rank of a module; nothing where none is said.
  Optional<Integer> rank(String module) {
    return of(rankPattern, module);
  }

  /// By how much what is added to a module counts; nothing where none is said.
  Optional<Double> alpha(String module) {
    return of(alphaPattern, module);
  }

  private static <T> Optional<T> of(Map<String, T> patterns, String module) {
    var longest =
        new TreeMap<String, T>(
            Comparator.comparingInt(String::length)
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    longest.putAll(patterns);
    return longest.entrySet().stream()
        .filter(e -> AdapterTargets.matching(e.getKey()).test(module))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
