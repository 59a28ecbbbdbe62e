package dev.imago.tokenizers.models;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Byte-pair encoding on characters: pairs of tokens are merged, the pair of lowest rank first, the
/// leftmost of those. Sennrich et al. 2016, arXiv:1508.07909; with the options of `tokenizer.json`.
///
/// What a piece's parts become is remembered, in a bounded cache that threads share.
public final class BpeModel implements TokenModel {
  /// Two tokens and what they become.
  ///
  /// @param rank lower ones are merged earlier; in a `tokenizer.json`, the place in its list
  public record Merge(int left, int right, int merged, int rank) {}

  /// The options of `tokenizer.json`, under its names.
  ///
  /// @param dropout the probability with which a merge is left out, 0 … 1
  /// @param unkToken what an unknown character becomes; where there is none, it is left out
  /// @param continuingSubwordPrefix put before each character but the first
  /// @param endOfWordSuffix put after the last character
  /// @param fuseUnk whether unknown characters side by side are one token
  /// @param byteFallback whether an unknown character becomes tokens `<0x00>` … `<0xFF>`
  /// @param ignoreMerges whether a piece that the vocabulary holds is taken whole
  public record Options(
      double dropout,
      @Nullable String unkToken,
      @Nullable String continuingSubwordPrefix,
      @Nullable String endOfWordSuffix,
      boolean fuseUnk,
      boolean byteFallback,
      boolean ignoreMerges) {
    /// Every option off.
    public static final Options NONE = new Options(0, null, null, null, false, false, false);

    public Options {
      if (!(dropout >= 0 && dropout <= 1)) {
        throw new IllegalArgumentException(
            "dropout = " + dropout + " is no probability; give 0 … 1");
      }
    }

    String prefix() {
      return continuingSubwordPrefix == null ? "" : continuingSubwordPrefix;
    }

    String suffix() {
      return endOfWordSuffix == null ? "" : endOfWordSuffix;
    }
  }

  private record Work(MergeWork symbols, TokenBuffer tokens) {}

  private final VocabularyTable table;
  private final List<Merge> merges;
  private final Options options;
  private final RandomGenerator random;
  private final BpeSymbols symbols;
  private final MergeTable ranks;
  private final WordMarks marks;
  private final RememberedPieces cache = new RememberedPieces();

  /// What one thread works with, while it is not at work.
  private final AtomicReference<@Nullable Work> resting = new AtomicReference<>();

  /// @param vocabulary tokens with their ids
  /// @param merges of ids of the vocabulary; of a pair that comes twice the last counts
  /// @throws IllegalArgumentException naming the id or the merge that does not fit
  public BpeModel(Map<String, Integer> vocabulary, List<Merge> merges, Options options) {
    this(new VocabularyTable(vocabulary), merges, options);
  }

  BpeModel(VocabularyTable table, List<Merge> merges, Options options) {
    this(table, merges, options, new Random(0), new BpeSymbols(table, options));
  }

  BpeModel(
      VocabularyTable table,
      List<Merge> merges,
      Options options,
      RandomGenerator random,
      BpeSymbols symbols) {
    this.table = table;
    this.merges = merges.stream().sorted(Comparator.comparingInt(Merge::rank)).toList();
    this.options = options;
    this.random = random;
    this.symbols = symbols;
    for (Merge merge : merges) {
      symbols.check(merge);
    }
    this.ranks = new MergeTable(this.merges);
    this.marks =
        options.dropout() > 0 || !symbols.standAlone(merges)
            ? WordMarks.NONE
            : WordMarks.of(symbols.spellings(merges));
  }

  /// The same model, whose dropout draws from `random`. A model that was read draws from a source
  /// of a fixed seed, so that one thread that does the same gets the same.
  public BpeModel with(RandomGenerator random) {
    return new BpeModel(table, merges, options, random, symbols);
  }

  @Override
  public TokenModel without(IntPredicate forbidden) {
    IntPredicate gone = id -> forbidden.test(id) && !table.isToken(id, options.unkToken());
    List<Merge> kept = merges.stream().filter(m -> !gone.test(m.merged())).toList();
    VocabularyTable left = options.ignoreMerges() ? table.without(gone) : table;
    return kept.size() == merges.size() && left == table
        ? this
        : new BpeModel(left, kept, options, random, symbols);
  }

  @Override
  public void tokenize(String piece, Tokens tokens) {
    if (options.ignoreMerges() && options.dropout() == 0) {
      int id = table.find(piece);
      if (id >= 0) {
        tokens.add(id, 0, piece.length(), null);
        return;
      }
    }
    char[] text = piece.toCharArray();
    Work work = resting.getAndSet(null);
    if (work == null) {
      work = new Work(new MergeWork(), new TokenBuffer());
    }
    for (int from = 0, to; from < text.length; from = to) {
      to = marks.end(text, from);
      part(text, from, to, work, tokens);
    }
    resting.set(work);
  }

  private void part(char[] text, int from, int to, Work work, Tokens tokens) {
    boolean remembers = to - from <= RememberedPieces.MAX_LENGTH && options.dropout() == 0;
    int hash = remembers ? RememberedPieces.hash(text, from, to) : 0;
    int[] found = remembers ? cache.find(text, from, to, hash) : null;
    if (found == null) {
      work.tokens.clear();
      symbols.split(text, from, to, work.symbols);
      if (options.dropout() > 0) {
        work.symbols.walk(ranks, () -> random.nextFloat() < options.dropout(), id -> false);
      } else if (symbols.hasUnused()) {
        work.symbols.walk(ranks, () -> false, symbols::unused);
      } else {
        work.symbols.merge(ranks);
      }
      symbols.give(text, from, to, work.symbols, work.tokens);
      found = work.tokens.toArray();
      if (remembers) {
        cache.put(text, from, to, hash, found);
      }
    }
    for (int i = 0; i < found.length; i += 3) {
      tokens.add(found[i], from + found[i + 1], from + found[i + 2], null);
    }
  }

  /// The merges by rank.
  public List<Merge> merges() {
    return merges;
  }

  public Options options() {
    return options;
  }

  @Override
  public OptionalInt id(String token) {
    return table.id(token);
  }

  @Override
  public @Nullable String token(int id) {
    return table.token(id);
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public int bound() {
    return table.bound();
  }

  @Override
  public Map<String, Integer> vocabulary() {
    return table.ids();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "BPE");
    if (options.dropout() > 0) {
      out.writeNumberProperty("dropout", options.dropout());
    } else {
      out.writeNullProperty("dropout");
    }
    writeString(out, "unk_token", options.unkToken());
    writeString(out, "continuing_subword_prefix", options.continuingSubwordPrefix());
    writeString(out, "end_of_word_suffix", options.endOfWordSuffix());
    out.writeBooleanProperty("fuse_unk", options.fuseUnk());
    out.writeBooleanProperty("byte_fallback", options.byteFallback());
    out.writeBooleanProperty("ignore_merges", options.ignoreMerges());
    table.write(out);
    out.writeArrayPropertyStart("merges");
    for (Merge merge : merges) {
      String left = table.token(merge.left());
      String right = table.token(merge.right());
      if (left != null && right != null) {
        out.writeStartArray();
        out.writeString(left);
        out.writeString(right);
        out.writeEndArray();
      }
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void writeString(JsonGenerator out, String name, @Nullable String value) {
    if (value == null) {
      out.writeNullProperty(name);
    } else {
      out.writeStringProperty(name, value);
    }
  }

  /// The bytes of a character; of an unpaired surrogate, of `?`.
  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
