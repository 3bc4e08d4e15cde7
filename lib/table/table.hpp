#pragma once

// DRAFT of the interface
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
