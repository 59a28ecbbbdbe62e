package dev.imago.serve.completions;

import dev.imago.generate.LogProbabilities;
import dev.imago.serve.models.Backend;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The `logprobs` of one answer, in OpenAI's two forms, whole or in the parts of a stream.
final class ProbabilityFields {
  private final CompletionKind kind;
  private final Backend backend;

  private final String echoed;

  /// Code points that tokens so far began: where the next one begins.
  private int offset;

  /// Whether the next token is the text's first: a decoder treats that in ways of its own.
  private boolean first = true;

  /// Whether there were tokens.
  private boolean any;

  /// @param echoed the prompt, where its tokens are told too; else empty
  ProbabilityFields(CompletionKind kind, Backend backend, String echoed) {
    this.kind = kind;
    this.backend = backend;
    this.echoed = echoed;
  }

  /// Of the next tokens.
  Map<String, @Nullable Object> json(List<ScoredToken> tokens) {
    return switch (kind) {
      case CHAT -> chat(tokens);
      case TEXT -> text(tokens);
    };
  }

  private Map<String, @Nullable Object> chat(List<ScoredToken> tokens) {
    var content = new ArrayList<Map<String, Object>>();
    for (ScoredToken token : tokens) {
      LogProbabilities told = token.probabilities();
      if (told == null) {
        continue; // of a prompt's first, which a chat does not tell
      }
      Map<String, Object> one = named(token.id(), told.chosen());
      one.put(
          "top_logprobs",
          told.likeliest().stream().map(l -> named(l.id(), l.logProbability())).toList());
      content.add(one);
    }
    var to = new LinkedHashMap<String, @Nullable Object>();
    to.put("content", content);
    to.put("refusal", null);
    return to;
  }

  private Map<String, Object> named(int id, float logProbability) {
    byte[] bytes = backend.token(id);
    var to = new LinkedHashMap<String, Object>();
    to.put("token", words(bytes));
    to.put("logprob", finite(logProbability));
    var numbers = new ArrayList<Integer>();
    for (byte b : bytes) {
      numbers.add(b & 0xff);
    }
    to.put("bytes", numbers);
    return to;
  }

  private Map<String, @Nullable Object> text(List<ScoredToken> tokens) {
    var names = new ArrayList<String>();
    var chosen = new ArrayList<@Nullable Float>();
    var likeliest = new ArrayList<@Nullable Map<String, Float>>();
    var offsets = new ArrayList<Integer>();
    for (ScoredToken token : tokens) {
      byte[] bytes = backend.token(token.id());
      names.add(words(bytes));
      offsets.add(begins(token.id(), bytes));
      LogProbabilities told = token.probabilities();
      chosen.add(told == null ? null : finite(told.chosen()));
      likeliest.add(told == null ? null : byName(token.id(), told));
    }
    var to = new LinkedHashMap<String, @Nullable Object>();
    to.put("tokens", names);
    to.put("token_logprobs", chosen);
    to.put("top_logprobs", likeliest);
    to.put("text_offset", offsets);
    return to;
  }

  /// Where a token begins, in code points, as OpenAI and vLLM count them; one that begins within a
  /// character, where that does.
  private int begins(int id, byte[] bytes) {
    int at = bytes.length > 0 && goesOn(bytes[0]) ? Math.max(0, offset - 1) : offset;
    if (first) {
      String own = backend.decode(new int[] {id});
      boolean whole = own.indexOf('\ufffd') < 0;
      // What the vocabulary puts before a text is no part of it.
      boolean beside = !any && whole && !echoed.regionMatches(true, 0, own, 0, own.length());
      first = beside && !echoed.isEmpty();
      offset = first ? 0 : whole ? own.codePointCount(0, own.length()) : begun(bytes);
    } else {
      offset += begun(bytes);
    }
    any = true;
    return at;
  }

  /// Characters that begin in some bytes of UTF-8.
  private static int begun(byte[] bytes) {
    int begun = 0;
    for (byte b : bytes) {
      begun += goesOn(b) ? 0 : 1;
    }
    return begun;
  }

  private static boolean goesOn(byte b) {
    return (b & 0xc0) == 0x80;
  }

  /// With the chosen one where it is none of the likeliest, as OpenAI has it.
  private Map<String, Float> byName(int chosen, LogProbabilities told) {
    var to = new LinkedHashMap<String, Float>();
    for (LogProbabilities.Likely each : told.likeliest()) {
      to.putIfAbsent(words(backend.token(each.id())), finite(each.logProbability()));
    }
    if (!told.likeliest().isEmpty()) {
      to.putIfAbsent(words(backend.token(chosen)), finite(told.chosen()));
    }
    return to;
  }

  /// JSON has no infinity; OpenAI and vLLM give this for what is never said.
  private static float finite(float logProbability) {
    return Math.max(logProbability, -9999f);
  }

  /// A token's text, or OpenAI's word for a part of a character.
  private static String words(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      var escaped = new StringBuilder("bytes:");
      for (byte b : bytes) {
        escaped.append("\\x%02x".formatted(b & 0xff));
      }
      return escaped.toString();
    }
  }
}
