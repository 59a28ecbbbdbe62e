package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.torch.Adafactor;
import dev.imago.torch.AdamW;
import dev.imago.torch.Muon;
import dev.imago.torch.Optimizer;
import dev.imago.torch.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The optimizers by the names that settings have for them, and which settings each has.
public enum OptimizerKind {
  ADAMW("beta1", "beta2", "epsilon"),
  /// For the matrices of blocks; AdamW for all else.
  MUON("momentum", "muonScale", "beta1", "beta2", "epsilon"),
  ADAFACTOR("scaleParameter"),
  SGD("momentum", "nesterov");

  private final List<String> settings;

  OptimizerKind(String... settings) {
    this.settings = List.of(settings);
  }

  /// What an optimizer can be told beside the rate, the decay and the clip, which all have. As in a
  /// config, where those that the kind does not have keep their usual values.
  ///
  /// @param beta1 of AdamW's mean
  /// @param beta2 of AdamW's square
  /// @param epsilon of AdamW
  /// @param momentum of Muon and SGD
  /// @param nesterov of SGD
  /// @param muonScale by what Muon scales its steps
  /// @param scaleParameter whether Adafactor's steps are as large as the weights
  public record Settings(
      double beta1,
      double beta2,
      double epsilon,
      double momentum,
      boolean nesterov,
      Muon.Scale muonScale,
      boolean scaleParameter) {
    /// What each is where nobody sets it.
    public static final Settings USUAL =
        new Settings(0.9, 0.95, 1e-8, 0.95, false, Muon.Scale.RMS, false);

    public Settings {
      Bounds.number("beta1", beta1, 0, 0.999999, "0.9 is usual");
      Bounds.number("beta2", beta2, 0, 0.999999, "0.95 … 0.999 are usual");
      Bounds.number("epsilon", epsilon, 1e-16, 1, "1e-8 is usual");
      Bounds.number("momentum", momentum, 0, 0.999999, "0.9 and 0.95 are usual");
    }

    private List<String> changed() {
      var names = new ArrayList<String>();
      add(names, "beta1", beta1 != USUAL.beta1);
      add(names, "beta2", beta2 != USUAL.beta2);
      add(names, "epsilon", epsilon != USUAL.epsilon);
      add(names, "momentum", momentum != USUAL.momentum);
      add(names, "nesterov", nesterov);
      add(names, "muonScale", muonScale != USUAL.muonScale);
      add(names, "scaleParameter", scaleParameter);
      return names;
    }

    private static void add(List<String> to, String name, boolean changed) {
      if (changed) {
        to.add(name);
      }
    }
  }

  /// Floats of state a weight, at most.
  public long stateFloats() {
    return switch (this) {
      case ADAMW, MUON -> 2;
      case ADAFACTOR -> 0;
      case SGD -> 1;
    };
  }

  /// The optimizer.
  ///
  /// @param clip the largest norm of all gradients together; 0 for no bound
  /// @throws ConfigException for a setting that this kind does not have
  public Optimizer with(Settings of, double weightDecay, double clip) {
    for (String name : of.changed()) {
      if (!settings.contains(name)) {
        throw new ConfigException(
            "%s is no setting of optimizer = %s, which has %s; leave it out"
                .formatted(name, name().toLowerCase(Locale.ROOT), String.join(", ", settings)));
      }
    }
    var adamW = new AdamW(of.beta1(), of.beta2(), of.epsilon(), weightDecay, clip);
    return switch (this) {
      case ADAMW -> adamW;
      case MUON -> new Muon(of.momentum(), 5, of.muonScale(), adamW);
      case ADAFACTOR -> new Adafactor(0, -0.8, 1, of.scaleParameter(), weightDecay, clip);
      case SGD -> new Sgd(of.momentum(), of.nesterov(), weightDecay, clip);
    };
  }
}
