package dev.imago.dialogue;

import java.util.List;

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
        key = text.strip();
        go(Place.VALUE, form.parameterEnd());
      }
      case VALUE -> {
        parser
            .parts()
            .arguments(
                (first ? "" : ", ")
                    + ArgumentValue.member(
                        key, text, parser.tools().types(parser.parts().name(), key)));
        first = false;
        parameters();
      }
    }
  }

  private void parameters() {
    go(Place.PARAMETERS, form.parameter(), form.callEnd(), form.close());
  }

  private void go(Place to, String... marks) {
    place = to;
    next(marks);
  }
}
