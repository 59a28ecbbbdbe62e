/// Language models of stacked recurrent layers (RNN, GRU, LSTM), with the names of PyTorch's
/// `nn.Embedding`, `nn.LSTM` and `nn.Linear` as its word-language-model example has them. Read
/// [RecurrentShape], [RecurrentModel].
@NullMarked
package dev.imago.model.recurrent;

import org.jspecify.annotations.NullMarked;
