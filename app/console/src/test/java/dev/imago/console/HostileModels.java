package dev.imago.console;

import dev.imago.core.EnergyUse;
import dev.imago.core.Ref;
import dev.imago.data.KeptAnswer;
import dev.imago.data.MeasuredModel;
import dev.imago.data.Rating;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// What a catalogue and a server's kept answers say, in texts that break out of pages elsewhere.
final class HostileModels {
  private static final JsonMapper JSON = JsonMapper.shared();

  private HostileModels() {}

  /// Models whose every text is hostile, one that another beats, and one that is not measured.
  static List<MeasuredModel> of(List<String> corpus) {
    var models = new ArrayList<MeasuredModel>();
    for (int i = 0; i < corpus.size(); i++) {
      String text = corpus.get(i);
      models.add(
          new MeasuredModel(
              new Ref("weights", "1".repeat(60) + (1000 + i)),
              text,
              List.of(text),
              1000 - i,
              Map.of(text, new MeasuredModel.Score(i, i, i, 5, true, ""), "t", score(i)),
              i == 0
                  ? null
                  : new MeasuredModel.Speed(
                      i,
                      9.0 - i,
                      8,
                      2,
                      1,
                      new EnergyUse(1, 2, false, text),
                      new MeasuredModel.Thrifty(1, 1, new EnergyUse(0.1, 0.2, false, text)))));
    }
    return models;
  }

  private static MeasuredModel.Score score(int value) {
    return new MeasuredModel.Score(value, value - 0.1, value + 0.1, 5, true, "");
  }

  /// Lines of `answers.jsonl`.
  static String answers(List<String> corpus) {
    var kept = new StringBuilder();
    for (String text : corpus) {
      var answer =
          new KeptAnswer(
              Instant.EPOCH,
              text,
              List.of(text),
              null,
              text,
              List.of(new Rating.Message(text, text)),
              text,
              "weights/" + text,
              new KeptAnswer.Took(1, 2, 1, 1, 1, new EnergyUse(1, 2, false, text)),
              null);
      kept.append(JSON.writeValueAsString(answer)).append('\n');
    }
    return kept.toString();
  }
}
