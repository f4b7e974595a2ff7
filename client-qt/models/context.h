// What the models of one account share.
#pragma once

namespace starling::qt {

class Api;
class Cache;
class Directory;
class Folders;
class ItemBook;
class RoomBook;
class SessionHost;

/// All of them outlive the models that hold it.
struct Context {
  SessionHost* host = nullptr;
  Cache* cache = nullptr;
  Api* api = nullptr;
  Directory* people = nullptr;
  RoomBook* rooms = nullptr;
  ItemBook* items = nullptr;
  Folders* folders = nullptr;
};

}  // namespace starling::qt
