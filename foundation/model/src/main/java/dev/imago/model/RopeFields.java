package dev.imago.model;

import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How files say that rotary positions are scaled: `rope_parameters` or `rope_scaling` of a
/// `config.json`, `rope.scaling.…` of GGUF.
public final class RopeFields {
  private static final String ORIGINAL = "original_max_position_embeddings";

  private static final String PARAMETERS = "rope_parameters";
  private static final String SCALING = "rope_scaling";

  private RopeFields() {}

  /// The object of a `config.json` that has them: where either version of transformers puts it.
  public static ConfigJson of(ConfigJson config) {
    if (config.has(PARAMETERS) && config.has(SCALING)) {
      if (!config.object(PARAMETERS).sameBut(config.object(SCALING), "rope_theta")) {
        throw new IllegalArgumentException(
            "rope_parameters and rope_scaling say different things; take the wrong one out");
      }
      config.note(SCALING);
    }
    return config.object(config.has(PARAMETERS) ? PARAMETERS : SCALING);
  }

  /// The base of the angles, in that object or beside it.
  public static float theta(ConfigJson config, ConfigJson rope, double otherwise) {
    config.note("rope_theta");
    return (rope.has("rope_theta") ? rope : config).ropeBase("rope_theta", otherwise);
  }

  /// The scaling.
  ///
  /// @param config whose `original_max_position_embeddings` comes first, where it has it
  /// @param context `max_position_embeddings`
  /// @param original what the original context is where nothing says it
  public static RopeScaling read(ConfigJson config, ConfigJson rope, int context, int original) {
    String type = rope.text("rope_type", rope.text("type", "default"));
    config.note(ORIGINAL); // only scalings read it
    rope.note(ORIGINAL);
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(factor(rope));
      case "dynamic" -> new RopeScaling.Dynamic(factor(rope), context);
      case "llama3" ->
          new RopeScaling.Llama3(
              factor(rope),
              rope.real("low_freq_factor", 1e-3, 1000),
              rope.real("high_freq_factor", 1e-3, 1000),
              original(config, rope, original));
      case "yarn" -> yarn(rope, context, original(config, rope, original));
      case "longrope", "su" -> {
        int first = original(config, rope, original);
        double factor = rope.real("factor", 1e-3, 10_000, (double) context / first);
        yield new RopeScaling.LongRope(
            rope.reals("short_factor"),
            rope.reals("long_factor"),
            first,
            rope.real(
                "attention_factor", 1e-3, 1000, RopeScaling.LongRope.magnitude(factor, first)));
      }
      default -> throw unknown(type);
    };
  }

  private static IllegalArgumentException unknown(String type) {
    return new IllegalArgumentException(
        "rope_type = %s is not supported; default, linear, dynamic, llama3, yarn and longrope are"
            .formatted(type));
  }

  private static float factor(ConfigJson rope) {
    return rope.real("factor", 1, 10_000);
  }

  private static int original(ConfigJson config, ConfigJson rope, int otherwise) {
    return (config.has(ORIGINAL) ? config : rope).whole(ORIGINAL, 1, 1 << 24, otherwise);
  }

  private static RopeScaling yarn(ConfigJson rope, int context, int original) {
    double factor = rope.real("factor", 1e-3, 10_000, (double) context / original);
    double magnitude = RopeScaling.Yarn.magnitude(factor, 1);
    rope.note("mscale", "mscale_all_dim"); // one without the other says nothing
    if (rope.has("mscale") && rope.has("mscale_all_dim")) {
      double over = rope.real("mscale", 0, 1000);
      double under = rope.real("mscale_all_dim", 0, 1000);
      if (over > 0 && under > 0) {
        magnitude =
            RopeScaling.Yarn.magnitude(factor, over) / RopeScaling.Yarn.magnitude(factor, under);
      }
    }
    return new RopeScaling.Yarn(
        (float) factor,
        rope.real("beta_fast", 1e-3, 10_000, 32),
        rope.real("beta_slow", 1e-3, 10_000, 1),
        original,
        rope.truth("truncate", true),
        rope.real("attention_factor", 1e-3, 1000, magnitude));
  }

  /// Adds the scaling and the base to a `rope_parameters`.
  public static void write(ObjectNode rope, RopeScaling scaling, float theta) {
    switch (scaling) {
      case RopeScaling.None _ -> {}
      case RopeScaling.Linear(float factor) -> rope.put("factor", ConfigJson.shortest(factor));
      case RopeScaling.Dynamic(float factor, int _) ->
          rope.put("factor", ConfigJson.shortest(factor));
      case RopeScaling.Llama3(float factor, float low, float high, int original) -> {
        rope.put("factor", factor);
        rope.put("high_freq_factor", high);
        rope.put("low_freq_factor", low);
        rope.put(ORIGINAL, original);
      }
      case RopeScaling.Yarn y -> {
        rope.put("attention_factor", ConfigJson.shortest(y.magnitude()));
        rope.put("beta_fast", ConfigJson.shortest(y.fast()));
        rope.put("beta_slow", ConfigJson.shortest(y.slow()));
        rope.put("factor", ConfigJson.shortest(y.factor()));
        rope.put(ORIGINAL, y.original());
        rope.put("truncate", y.whole());
      }
      case RopeScaling.LongRope l -> {
        rope.put("attention_factor", ConfigJson.shortest(l.magnitude()));
        numbers(rope.putArray("long_factor"), l.longer());
        numbers(rope.putArray("short_factor"), l.shorter());
        rope.put(ORIGINAL, l.original());
      }
      case RopeScaling.Divisors _ ->
          throw new IllegalArgumentException(
              "config.json has no way to tell the divisors of a GGUF's rope_freqs.weight");
    }
    rope.put("rope_theta", ConfigJson.shortest(theta));
    rope.put(
        "rope_type",
        switch (scaling) {
          case RopeScaling.None _, RopeScaling.Divisors _ -> "default";
          case RopeScaling.Linear _ -> "linear";
          case RopeScaling.Dynamic _ -> "dynamic";
          case RopeScaling.Llama3 _ -> "llama3";
          case RopeScaling.Yarn _ -> "yarn";
          case RopeScaling.LongRope _ -> "longrope";
        });
  }

  private static void numbers(ArrayNode to, List<Float> values) {
    values.forEach(v -> to.add(ConfigJson.shortest(v)));
  }

  /// Of a GGUF file.
  ///
  /// @param turned R
  public static RopeScaling read(
      GgufFields f, Map<String, HostTensor> tensors, int turned, int context) {
    String type = f.text("rope.scaling.type", "none");
    if (tensors.containsKey(RopeScaling.LONG_TENSOR)) {
      return new RopeScaling.LongRope(
          divisors(tensors, RopeScaling.SHORT_TENSOR, turned),
          divisors(tensors, RopeScaling.LONG_TENSOR, turned),
          f.whole("rope.scaling.original_context_length", 1, 1 << 24),
          f.real("rope.scaling.attn_factor", 1e-3, 1000, 1));
    }
    if (tensors.containsKey(RopeScaling.TENSOR)) {
      List<Float> values = divisors(tensors, RopeScaling.TENSOR, turned);
      if (type.equals("none")) {
        return new RopeScaling.Divisors(values);
      }
      throw new IllegalArgumentException(
          "%s.rope.scaling.type = %s and «%s» together are not supported"
              .formatted(f.architecture(), type, RopeScaling.TENSOR));
    }
    return switch (type) {
      case "none" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(f.real("rope.scaling.factor", 1, 10_000));
      case "yarn" -> {
        float factor = f.real("rope.scaling.factor", 1, 10_000);
        double own = f.real("rope.scaling.attn_factor", 1e-3, 1000, 1);
        yield new RopeScaling.Yarn(
            factor,
            f.real("rope.scaling.yarn_beta_fast", 1e-3, 10_000, 32),
            f.real("rope.scaling.yarn_beta_slow", 1e-3, 10_000, 1),
            f.whole("rope.scaling.original_context_length", 1, 1 << 24, context),
            true,
            (float) (own * RopeScaling.Yarn.magnitude(factor, 1)));
      }
      default ->
          throw new IllegalArgumentException(
              "%s.rope.scaling.type = %s is not supported; none, linear and yarn are, and «%s»"
                  .formatted(f.architecture(), type, RopeScaling.TENSOR));
    };
  }

  private static List<Float> divisors(Map<String, HostTensor> tensors, String name, int turned) {
    HostTensor divisors = tensors.get(name);
    if (divisors == null) {
      throw new IllegalArgumentException("the file has no «" + name + "»; get it again");
    }
    if (divisors.shape().length != 1 || divisors.size() != turned / 2) {
      throw new IllegalArgumentException(
          "«%s» is %s, and heads of %d want [%d]".formatted(name, divisors, turned, turned / 2));
    }
    var values = new ArrayList<Float>();
    for (float value : divisors.toFloats()) {
      values.add(value);
    }
    return values;
  }

  /// Adds the scaling to GGUF's keys.
  ///
  /// @param prefix `llama.`
  /// @throws IllegalArgumentException where llama.cpp has no such scaling
  public static void gguf(SequencedMap<String, GgufValue> to, String prefix, RopeScaling scaling) {
    String at = prefix + "rope.scaling.";
    switch (scaling) {
      case RopeScaling.None _, RopeScaling.Llama3 _, RopeScaling.Divisors _ -> {}
      case RopeScaling.Linear(float factor) -> {
        to.put(at + "type", new GgufValue.Text("linear"));
        to.put(at + "factor", GgufValue.f32(factor));
      }
      case RopeScaling.Yarn y -> {
        double own = y.magnitude() / RopeScaling.Yarn.magnitude(y.factor(), 1);
        if (Math.abs(own - 1) > 1e-5 || y.fast() != 32 || y.slow() != 1 || !y.whole()) {
          throw new IllegalArgumentException(
              "GGUF has no YaRN with attention_factor, beta_fast, beta_slow or truncate of its own;"
                  + " keep the Hugging Face folder");
        }
        to.put(at + "type", new GgufValue.Text("yarn"));
        to.put(at + "factor", GgufValue.f32(y.factor()));
        to.put(at + "original_context_length", GgufValue.u32(y.original()));
      }
      case RopeScaling.LongRope l -> {
        to.put(at + "original_context_length", GgufValue.u32(l.original()));
        to.put(at + "attn_factor", GgufValue.f32(l.magnitude()));
      }
      case RopeScaling.Dynamic _ ->
          throw new IllegalArgumentException(
              "GGUF has no dynamic scaling of rotary positions; keep the Hugging Face folder");
    }
  }

  /// The tensors by which GGUF tells a scaling.
  public static SequencedMap<String, HostTensor> constants(
      RopeScaling scaling, int turned, float theta) {
    var to = new LinkedHashMap<String, HostTensor>();
    switch (scaling) {
      case RopeScaling.Llama3 _, RopeScaling.Divisors _ ->
          to.put(RopeScaling.TENSOR, vector(scaling.divisors(turned, theta)));
      case RopeScaling.LongRope l -> {
        to.put(RopeScaling.LONG_TENSOR, vector(l.longer()));
        to.put(RopeScaling.SHORT_TENSOR, vector(l.shorter()));
      }
      case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Dynamic _, RopeScaling.Yarn _ -> {}
    }
    return to;
  }

  private static HostTensor vector(List<Float> values) {
    float[] to = new float[values.size()];
    for (int i = 0; i < to.length; i++) {
      to[i] = values.get(i);
    }
    return HostTensor.of(to, to.length);
  }
}
