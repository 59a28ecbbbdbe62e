package dev.imago.annotation;

import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import java.util.Arrays;
import java.util.Locale;

/// A form of label files.
public enum AnnotationFormat {
  /// An item a line with all its answers: ours, which holds everything.
  JSONL(PositionUnit.CODE_POINTS),
  /// An answer a line; spans, relations and what is no text as JSON in their columns.
  CSV(PositionUnit.CODE_POINTS),
  /// A word a line with its tag, `B-`, `I-` and `O`.
  BIO(PositionUnit.CODE_POINTS),
  /// The same with `E-` at ends and `S-` of single words.
  BIOES(PositionUnit.CODE_POINTS),
  /// Label Studio's JSON, with annotations and predictions; positions are JavaScript's.
  LABEL_STUDIO(PositionUnit.UTF16),
  /// doccano's JSONL: `label`, or `entities` with `relations`.
  DOCCANO(PositionUnit.CODE_POINTS),
  /// Prodigy's JSONL: `spans`, `accept`, `relations`, `answer`.
  PRODIGY(PositionUnit.CODE_POINTS),
  /// TRL's rows: `prompt` with `chosen` and `rejected`, or with `completion`. Written only.
  TRL(PositionUnit.CODE_POINTS),
  /// `instruction`, `input`, `output`. Written only.
  INSTRUCTION(PositionUnit.CODE_POINTS);

  private final PositionUnit unit;

  AnnotationFormat(PositionUnit unit) {
    this.unit = unit;
  }

  /// What its positions count where nothing else is said.
  public PositionUnit unit() {
    return unit;
  }

  /// By its name on the command line, such as `label-studio`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// @throws ConfigException for what is no format
  public static AnnotationFormat of(String name) {
    var names = Arrays.stream(values()).map(AnnotationFormat::label).toList();
    int at = names.indexOf(name.toLowerCase(Locale.ROOT).replace('_', '-'));
    if (at < 0) {
      throw new ConfigException(
          "--format = %s is no form of label files%s".formatted(name, Nearest.hint(name, names)));
    }
    return values()[at];
  }
}
