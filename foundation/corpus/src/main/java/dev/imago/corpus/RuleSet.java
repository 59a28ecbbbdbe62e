package dev.imago.corpus;

/// Rules of prose that were published together, or that belong together.
public enum RuleSet {
  /// Rae et al. 2021, arXiv:2112.11446, appendix A.1.1.
  GOPHER,
  /// Raffel et al. 2020, JMLR 21/20-074, §2.2: rules of lines, which cut them out, and of pages; of
  /// English alone.
  C4,
  /// Penedo et al. 2024, arXiv:2406.17557, §3.6.
  FINEWEB,
  /// Penedo et al. 2025, arXiv:2506.20920: Gopher's and FineWeb's rules with bounds of each
  /// language; of a language without any, nothing is asked.
  FINEWEB2,
  /// Ours, of Chinese alone: ideographs, marks, stop words, full-width letters, repeated
  /// characters, lines of boilerplate.
  CHINESE;
}
