package dev.imago.tokenizers.models;

import dev.imago.tokenizers.json.Part;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// The tokens of the highest sum of scores, by Viterbi's algorithm; of equal ones the token that
/// starts earlier. Kudo 2018, arXiv:1804.10959.
///
/// A character that is no token costs ten more than the worst token; unknown characters side by
/// side are one token, which shows the text itself.
public final class UnigramModel implements TokenModel {
  /// A token and the logarithm of its probability.
  public record Scored(String token, double score) {}

  /// Whose ways are followed: how scores are summed, and what unknown text becomes.
  enum Manner {
    /// Sums in `double`; unknown characters side by side are looked up as one.
    HUGGING_FACE,

    /// Sums in `float`, in which other paths are equal, set back to zero when they grow long, as
    /// SentencePiece 0.2.2 does it.
    SENTENCE_PIECE,

    /// Sums in `double`.
    LLAMA_CPP
  }

  /// Past this, SentencePiece sets its sums back.
  private static final double LOWEST_SUM = -100_000;

  private static final double UNK_PENALTY = 10;

  /// The token of the unknown, where it shows the text itself.
  private static final int SHOWN = -1;

  /// Scratch of the last thread, kept up to this length.
  private static final int MAX_KEPT = 1 << 16;

  private record Work(double[] best, int[] from, int[] ids) {
    Work(int length) {
      this(new double[length + 1], new int[length + 1], new int[length + 1]);
    }
  }

  private final List<Scored> scored;
  private final Map<String, Integer> ids;
  private final Map<String, Integer> matched;
  private final int unkId;
  private final boolean byteFallback;
  private final int[] byteIds;
  private final CharTrie trie;
  private final double[] scores;
  private final double unkScore;
  private final Manner manner;
  private final int longest;
  private final RememberedPieces cache = new RememberedPieces();
  private final AtomicReference<@Nullable Work> resting = new AtomicReference<>();

  /// @param tokens by id; of equal ones the last is found
  /// @param unkId the token of the unknown, or −1 where there is none
  /// @param byteFallback whether unknown text becomes tokens `<0x00>` … `<0xFF>`
  /// @throws IllegalArgumentException naming the score or the id that does not fit
  public UnigramModel(List<Scored> tokens, int unkId, boolean byteFallback) {
    this(tokens, unkId, byteFallback, scores(tokens));
  }

  private UnigramModel(List<Scored> tokens, int unkId, boolean byteFallback, double[] scores) {
    this(
        tokens,
        unkId,
        byteFallback,
        Arrays.stream(scores).min().orElse(Double.POSITIVE_INFINITY) - UNK_PENALTY,
        scores,
        ids(tokens),
        Manner.HUGGING_FACE);
  }

  /// @param scores what each token counts
  /// @param matched the tokens that text becomes
  UnigramModel(
      List<Scored> tokens,
      int unkId,
      boolean byteFallback,
      double unkScore,
      double[] scores,
      Map<String, Integer> matched,
      Manner manner) {
    if (unkId >= tokens.size() || unkId < -1) {
      throw new IllegalArgumentException(
          "unk_id = %d is none of the %d tokens".formatted(unkId, tokens.size()));
    }
    for (Scored token : tokens) {
      if (!Double.isFinite(token.score())) {
        throw new IllegalArgumentException(
            "the score of «%s» is %s, which is no number".formatted(token.token(), token.score()));
      }
    }
    this.scored = List.copyOf(tokens);
    this.ids = ids(tokens);
    this.matched = matched;
    this.unkId = unkId;
    this.byteFallback = byteFallback;
    this.unkScore = unkScore;
    this.scores = scores;
    this.manner = manner;
    this.longest = matched.keySet().stream().mapToInt(String::length).max().orElse(0);
    this.byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = ids.getOrDefault("<0x%02X>".formatted(b), -1);
    }
    var builder = new CharTrie.Builder();
    matched.forEach(builder::add);
    this.trie = builder.build();
  }

  private static Map<String, Integer> ids(List<Scored> tokens) {
    return VocabularyTable.numbered(tokens.stream().map(Scored::token)::iterator);
  }

  private static double[] scores(List<Scored> tokens) {
    return tokens.stream().mapToDouble(t -> asRead(t.score())).toArray();
  }

  /// A score as Hugging Face's library reads it from a file: its digits as one whole number,
  /// divided by a power of ten, which may be off by a last bit. It decides between paths whose sums
  /// are equal but for rounding.
  private static double asRead(double score) {
    if (!Double.isFinite(score)) {
      return score;
    }
    var decimal = new BigDecimal(Double.toString(Math.abs(score)));
    double digits = decimal.unscaledValue().doubleValue();
    int scale = decimal.scale();
    if (Math.abs(scale) > 300) {
      return score;
    }
    double power = Double.parseDouble("1e" + Math.abs(scale));
    double read = scale >= 0 ? digits / power : digits * power;
    return score < 0 ? -read : read;
  }

  static UnigramModel read(Part part) {
    JsonNode list = part.node().path("vocab");
    if (!list.isArray()) {
      throw part.wrong("vocab", list, "a list");
    }
    var tokens = new ArrayList<Scored>(list.size());
    for (JsonNode entry : list) {
      if (!entry.isArray()
          || entry.size() != 2
          || !entry.get(0).isString()
          || !entry.get(1).isNumber()
          || !Double.isFinite(entry.get(1).doubleValue())) {
        String shown = entry.toString();
        throw part.complaint(
            "model.vocab[%d] is %s, where a token and its score are needed"
                .formatted(
                    tokens.size(), shown.length() > 80 ? shown.substring(0, 80) + "…" : shown));
      }
      tokens.add(new Scored(entry.get(0).stringValue(), entry.get(1).doubleValue()));
    }
    int unkId = part.whole("unk_id", 0, Math.max(0, tokens.size() - 1), -1);
    return new UnigramModel(tokens, unkId, part.bool("byte_fallback", false));
  }

  @Override
  public void tokenize(String piece, Tokens tokens) {
    char[] text = piece.toCharArray();
    boolean remembers = text.length <= RememberedPieces.MAX_LENGTH;
    int hash = remembers ? RememberedPieces.hash(text, 0, text.length) : 0;
    int[] found = remembers ? cache.find(text, 0, text.length, hash) : null;
    if (found == null) {
      found = tokens(piece, text);
      if (remembers) {
        cache.put(text, 0, text.length, hash, found);
      }
    }
    for (int i = 0; i < found.length; i += 3) {
      int from = found[i + 1];
      int to = found[i + 2];
      if (found[i] == SHOWN) {
        tokens.add(unkId, from, to, piece.substring(from, to));
      } else {
        tokens.add(found[i], from, to, null);
      }
    }
  }

  private int[] tokens(String piece, char[] text) {
    Work work = resting.getAndSet(null);
    if (work == null || work.ids.length <= text.length) {
      work = new Work(Math.max(256, text.length));
    }
    best(text, work);
    // From the end to the start; unknown ones side by side as one.
    int count = 0;
    for (int end = text.length; end > 0; end = work.from[end]) {
      count++;
    }
    int[] ends = new int[count];
    for (int end = text.length; end > 0; end = work.from[end]) {
      ends[--count] = end;
    }
    var out = new TokenBuffer();
    for (int i = 0, start = 0; i < ends.length; i++) {
      int id = work.ids[ends[i]];
      int from = start;
      if (id == unkId) {
        while (i + 1 < ends.length && work.ids[ends[i + 1]] == unkId) {
          i++;
        }
      }
      start = ends[i];
      if (id == unkId) {
        if (manner != Manner.HUGGING_FACE && byteFallback) {
          for (int at = from, c; at < start; at += Character.charCount(c)) {
            c = piece.codePointAt(at);
            unknown(Character.toString(c), at, at + Character.charCount(c), out);
          }
        } else {
          unknown(piece.substring(from, start), from, start, out);
        }
      } else {
        out.add(id, from, start);
      }
    }
    if (text.length <= MAX_KEPT) {
      resting.set(work);
    }
    return out.toArray();
  }

  /// Unknown text is looked up as a whole, as in Hugging Face's, then byte by byte.
  private void unknown(String text, int from, int to, TokenBuffer out) {
    int id = manner == Manner.HUGGING_FACE ? matched.getOrDefault(text, -1) : -1;
    if (id < 0 && byteFallback) {
      byte[] bytes = BpeModel.utf8(text);
      boolean all = true;
      for (byte b : bytes) {
        all &= byteIds[b & 0xff] >= 0;
      }
      if (all) {
        for (byte b : bytes) {
          out.add(byteIds[b & 0xff], from, to);
        }
        return;
      }
    }
    out.add(id < 0 ? SHOWN : id, from, to);
  }

  /// Of each place, the best token that ends there.
  private void best(char[] text, Work work) {
    boolean single = manner == Manner.SENTENCE_PIECE;
    double[] best = work.best;
    int[] from = work.from;
    Arrays.fill(from, 0, text.length + 1, -1);
    best[0] = 0;
    for (int start = 0; start < text.length; ) {
      if (single && best[start] < LOWEST_SUM) {
        setBack(best, from, start, Math.min(text.length, start + longest));
      }
      double here = best[start];
      int one = start + (pair(text, start) ? 2 : 1);
      boolean known = false;
      int node = trie.first(text[start]);
      for (int end = start + 1; node != CharTrie.NONE; end++) {
        int id = trie.value(node);
        if (id != CharTrie.NONE) {
          double candidate = single ? (float) (scores[id] + here) : scores[id] + here;
          if (from[end] < 0 || candidate > best[end]) {
            best[end] = candidate;
            from[end] = start;
            work.ids[end] = id;
          }
          known |= end == one;
        }
        if (end == text.length) {
          break;
        }
        node = trie.next(node, text[end]);
      }
      if (!known) {
        double candidate = single ? (float) (unkScore + here) : unkScore + here;
        if (from[one] < 0 || candidate > best[one]) {
          if (unkId < 0) {
            throw new IllegalArgumentException(
                "«%s» is not in the vocabulary, and the model has no unk_id; give it one"
                    .formatted(new String(text, start, one - start)));
          }
          best[one] = candidate;
          from[one] = start;
          work.ids[one] = unkId;
        }
      }
      start = one;
    }
  }

  private static void setBack(double[] best, int[] from, int start, int last) {
    for (int end = start + 1; end <= last; end++) {
      if (from[end] >= 0) {
        best[end] = (float) (best[end] - best[start]);
      }
    }
    best[start] = 0;
  }

  private static boolean pair(char[] text, int at) {
    return at + 1 < text.length
        && Character.isHighSurrogate(text[at])
        && Character.isLowSurrogate(text[at + 1]);
  }

  /// The tokens by id, with their scores.
  public List<Scored> scored() {
    return scored;
  }

  /// The token of the unknown, or −1.
  public int unkId() {
    return unkId;
  }

  public boolean byteFallback() {
    return byteFallback;
  }

  @Override
  public OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public @Nullable String token(int id) {
    return id < 0 || id >= scored.size() ? null : scored.get(id).token();
  }

  @Override
  public int size() {
    return scored.size();
  }

  @Override
  public int bound() {
    return scored.size();
  }

  @Override
  public Map<String, Integer> vocabulary() {
    return ids;
  }

  @Override
  public TokenModel without(IntPredicate forbidden) {
    var kept = new LinkedHashMap<>(matched);
    kept.values().removeIf(id -> forbidden.test(id) && id != unkId);
    return kept.size() == matched.size()
        ? this
        : new UnigramModel(scored, unkId, byteFallback, unkScore, scores, kept, manner);
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Unigram");
    if (unkId < 0) {
      out.writeNullProperty("unk_id");
    } else {
      out.writeNumberProperty("unk_id", unkId);
    }
    out.writeArrayPropertyStart("vocab");
    for (Scored token : scored) {
      out.writeStartArray();
      out.writeString(token.token());
      out.writeNumber(token.score());
      out.writeEndArray();
    }
    out.writeEndArray();
    out.writeBooleanProperty("byte_fallback", byteFallback);
    out.writeEndObject();
  }
}
