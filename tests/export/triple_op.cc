// A custom op for test_custom_ops.py: `GraphkitTriple`, three times its float input.
//
// Written on TensorFlow's C interface, which compiles in less than a second.

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

constexpr int kMostDimensions = 8;

void Compute(void*, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  TF_Tensor* input;
  TF_GetInput(context, 0, &input, status);
  int64_t dims[kMostDimensions];
  const int rank = TF_NumDims(input);
  for (int i = 0; i < rank; i++) dims[i] = TF_Dim(input, i);
  const size_t size = TF_TensorByteSize(input);
  TF_Tensor* output = TF_AllocateOutput(context, 0, TF_FLOAT, dims, rank, size, status);
  const auto* from = static_cast<const float*>(TF_TensorData(input));
  auto* to = static_cast<float*>(TF_TensorData(output));
  for (size_t i = 0; i < size / sizeof(float); i++) to[i] = 3 * from[i];
  TF_DeleteTensor(input);
  TF_DeleteTensor(output);
  TF_DeleteStatus(status);
}

void SameShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

__attribute__((constructor)) void Register() {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder("GraphkitTriple");
  TF_OpDefinitionBuilderAddInput(op, "x: float");
  TF_OpDefinitionBuilderAddOutput(op, "y: float");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, SameShape);
  TF_RegisterOpDefinition(op, status);
  TF_KernelBuilder* kernel =
      TF_NewKernelBuilder("GraphkitTriple", "CPU", nullptr, Compute, nullptr);
  TF_RegisterKernelBuilder("GraphkitTriple", kernel, status);
  TF_DeleteStatus(status);
}

}  // namespace
