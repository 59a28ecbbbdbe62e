package dev.imago.dialogue;

import java.util.List;
import java.util.Set;

/// Calls as elements, with one for each argument.
final class ElementsStage extends StepStage {
  private enum Place {
    CALLS,
    NAME,
    PARAMETERS,
    KEY,
    VALUE
  }

  private final CallSyntax.Elements form;
  private Place place = Place.CALLS;
  private String key = "";
  private boolean isText;
  private boolean any;
  private boolean first = true;

  ElementsStage(AnswerParser parser, CallSyntax.Elements form) {
    super(parser, List.of(form.call(), form.close()));
    this.form = form;
  }

  @Override
  void step(String text, String mark) {
    switch (place) {
      case CALLS -> {
        if (mark.equals(form.call())) {
          go(Place.NAME, form.nameEnd());
        } else if (any) {
          parser.closed();
        } else {
          parser.release("a call is empty");
        }
      }
      case NAME -> {
        beginCall(text.strip());
        any = true;
        first = true;
        parser.parts().arguments("{");
        parameters();
      }
      case PARAMETERS -> {
        if (mark.equals(form.parameter())) {
          go(Place.KEY, form.nameEnd());
        } else {
          parser.parts().arguments("}");
          endCall();
          if (mark.equals(form.close())) {
            parser.closed();
          } else {
            go(Place.CALLS, form.call(), form.close());
          }
        }
      }
      case KEY -> {
        String tag = text.strip();
        int quote = form.typed() ? tag.indexOf('"') : -1; // «place" string="true»
        key = quote < 0 ? tag : tag.substring(0, quote);
        isText = quote >= 0 && tag.substring(quote).contains("\"true");
        go(Place.VALUE, form.parameterEnd());
      }
      case VALUE -> {
        parser.parts().arguments((first ? "" : ", ") + ArgumentValue.member(key, text, types()));
        first = false;
        parameters();
      }
    }
  }

  /// Those that the value says of itself, where it does; else those of the schema.
  private Set<String> types() {
    if (!form.typed()) {
      return parser.tools().types(parser.parts().name(), key);
    }
    return isText ? Set.of("string") : Set.of();
  }

  private void parameters() {
    go(Place.PARAMETERS, form.parameter(), form.callEnd(), form.close());
  }

  private void go(Place to, String... marks) {
    place = to;
    next(marks);
  }
}
