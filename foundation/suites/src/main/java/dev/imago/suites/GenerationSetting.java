package dev.imago.suites;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// How answers are generated: a task's `generation_kwargs`.
record GenerationSetting(
    List<String> until, int maxTokens, double temperature, double topP, int topK) {
  private static final int DEFAULT_MAX_TOKENS = 256;

  /// In the order in which lm-evaluation-harness prefers them.
  private static final List<String> MOST =
      List.of("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens");

  GenerationSetting {
    until = List.copyOf(until);
  }

  /// @param delimiter where an answer ends, unless the task says so itself
  static GenerationSetting of(Settings task, String delimiter) {
    return task.part("generation_kwargs")
        .map(s -> read(s, delimiter))
        .orElse(new GenerationSetting(List.of(delimiter), DEFAULT_MAX_TOKENS, 0, 1, 0));
  }

  private static GenerationSetting read(Settings s, String delimiter) {
    var known =
        new java.util.TreeSet<>(Set.of("until", "do_sample", "temperature", "top_p", "top_k"));
    known.addAll(MOST);
    s.only(known);
    int most = DEFAULT_MAX_TOKENS;
    for (String name : MOST.reversed()) {
      most = s.whole(name, 1).orElse(most);
    }
    double temperature = s.number("temperature").orElse(0.0);
    if (temperature < 0) {
      throw s.wrong("temperature", "0 or more");
    }
    boolean samples = s.has("do_sample") ? s.flag("do_sample") : temperature > 0;
    var until = new ArrayList<>(s.texts("until").orElse(List.of(delimiter)));
    until.removeIf(String::isEmpty);
    return new GenerationSetting(
        until,
        most,
        // transformers' own where a task draws without saying how.
        samples ? s.has("temperature") ? temperature : 1 : 0,
        s.number("top_p").orElse(1.0),
        s.whole("top_k", 0).orElse(samples ? 50 : 0));
  }

  GenerationSetting atMost(int most) {
    return new GenerationSetting(until, Math.min(most, maxTokens), temperature, topP, topK);
  }

  ModelRequest.Generation ask(String context, int repeat) {
    return new ModelRequest.Generation(context, until, maxTokens, temperature, topP, topK, repeat);
  }
}
