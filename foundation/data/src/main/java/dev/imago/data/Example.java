package dev.imago.data;

/// One labelled pair, in the field's prompt–completion form.
///
/// @param id stable and unique in its labels
/// @param prompt what the model is given
/// @param completion what it should answer
/// @param source the document that it came from
public record Example(String id, String prompt, String completion, String source) {}
