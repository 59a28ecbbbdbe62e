/// A language model of stacked LSTM layers, with the names of PyTorch's `nn.Embedding`, `nn.LSTM`
/// and `nn.Linear` as its word-language-model example has them. Read [LstmShape], [LstmModel].
@NullMarked
package dev.imago.model.lstm;

import org.jspecify.annotations.NullMarked;
